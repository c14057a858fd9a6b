import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

const { createServer } = process.getBuiltinModule('node:http')

/** An OpenID provider that is not ours, on this machine: it takes whoever comes for the account that the story names. */
export type StoryProvider = {
  issuer: string
  /** Who signs in next, and whether the provider has verified the address. */
  next: { email: string; isVerified: boolean }
  /** Once the platform has told where people go back to. */
  register(redirectUri: string): void
  close(): Promise<void>
}

export const client = { id: 'berth', secret: 'a secret of the client' }

export async function openProvider(): Promise<StoryProvider> {
  let handle: ReturnType<Provider['callback']> | undefined
  const server = createServer((request, response) => {
    if (handle === undefined) response.writeHead(503).end()
    else void handle(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const next = { email: 'nobody@example.test', isVerified: true }
  return {
    issuer,
    next,
    register(redirectUri) {
      handle = provider(issuer, redirectUri, next).callback()
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function provider(issuer: string, redirectUri: string, next: StoryProvider['next']): Provider {
  const made = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key for cookies'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        ...{ email: next.email, email_verified: next.isVerified, name: 'From Elsewhere' },
      }),
    }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId,
        accountId: oidc.session?.accountId,
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  })
  made.use(async (context, proceed) => {
    if (!context.path.startsWith('/interaction/')) return proceed()
    await made.interactionFinished(context.req, context.res, { login: { accountId: `sub of ${next.email}` } })
    context.respond = false
  })
  return made
}
