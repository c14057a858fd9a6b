import { peopleError } from '../errors.ts'
import { type BaseOptions, baseAuth } from './base-auth.ts'
import type { SignOn, SignOnProvider } from './sign-on.ts'

/**
 * An instance of better-auth for each sign-on provider, opened when somebody chooses it and again when it was changed. To
 * open one calls the provider: it has ten seconds.
 */
type Handler = (request: Request) => Promise<Response>
type Opened = { state: string; handler: Promise<Handler> }

const openedWithinMs = 10_000

export function openProviders(
  base: BaseOptions,
  signOn: Pick<SignOn, 'open'>,
): (id: string) => Promise<Handler | null> {
  const known = new Map<string, Opened>()
  return async (id) => {
    const provider = await signOn.open(id)
    if (provider === null) {
      known.delete(id)
      return null
    }
    const state = JSON.stringify(provider)
    let opened = known.get(id)
    if (opened?.state !== state) {
      opened = { state, handler: open(base, provider) }
      known.set(id, opened)
    }
    const { handler } = opened
    // What could not be opened is tried anew with the next request.
    handler.catch(() => known.delete(id))
    return await withinLimit(handler, provider)
  }
}

async function open(
  base: BaseOptions,
  provider: SignOnProvider & { clientSecret: string },
): Promise<Handler> {
  const { providerPlugin, refusal } = await import('./provider-plugin.ts')
  const auth = baseAuth({ ...base, provider, refusal: (who) => refusal(provider, who) }, [
    providerPlugin(provider),
  ])
  const { socialProviders } = await auth.$context
  if (socialProviders.length === 0) throw peopleError['SIGN_ON.AWAY']({ name: provider.name })
  return auth.handler
}

async function withinLimit(handler: Promise<Handler>, { name }: SignOnProvider): Promise<Handler> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(peopleError['SIGN_ON.AWAY']({ name })), openedWithinMs)
  try {
    return await Promise.race([handler, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
