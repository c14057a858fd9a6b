import { randomUUID } from 'node:crypto'
import type { Role } from '@berth/domain'
import { z } from 'zod'
import { peopleError } from '../errors.ts'
import type { Sealing } from '../sealing/seal-values.ts'

/**
 * The OpenID providers that people may sign in with. A provider says who somebody is, and Berth believes it for the
 * domains that it is set up for: so it is set up at the machine alone, by whoever runs the platform; an owner of a team who
 * could name one of their own could be anybody. Its client's secret is sealed.
 */
export type SignOnProvider = {
  id: string
  /** In lower case: what the sign-in page and the commands call it. */
  name: string
  /** Null: for everybody on the platform; else whoever it makes an account for joins this team. */
  teamId: string | null
  issuer: string
  clientId: string
  /** Of addresses: nobody else signs in with it. */
  domains: readonly string[]
  /** What somebody without an account becomes in the team; null: who has none stays outside. */
  newMemberRole: Role | null
  createdAt: Date
}

export type SealedProvider = SignOnProvider & { sealed: Uint8Array<ArrayBuffer> }

export interface SignOnStore {
  /** By name. */
  list(): Promise<SealedProvider[]>
  /** @throws SIGN_ON.TAKEN */
  add(provider: Omit<SealedProvider, 'createdAt'>): Promise<void>
  remove(id: string): Promise<boolean>
}

export type NewProvider = Omit<SignOnProvider, 'id' | 'createdAt'> & { clientSecret: string }

export type SignOn = {
  list(): Promise<SignOnProvider[]>
  /** @throws SIGN_ON.INVALID, SIGN_ON.TAKEN */
  add(provider: NewProvider): Promise<SignOnProvider>
  /** False: there is none of this name. */
  remove(name: string): Promise<boolean>
  /** For signing in with it. @throws SECRET.UNREADABLE */
  open(id: string): Promise<(SignOnProvider & { clientSecret: string }) | null>
}

export function openSignOn({ store, sealing }: { store: SignOnStore; sealing: Sealing }): SignOn {
  const list = async () => (await store.list()).map(({ sealed: _, ...provider }) => provider)
  return {
    list,
    async add(given) {
      const { clientSecret, ...provider } = parseProvider(given)
      const id = randomUUID()
      await store.add({ ...provider, id, sealed: sealing.seal(clientSecret, placeOf(id)) })
      return { ...provider, id, createdAt: new Date() }
    },
    async remove(name) {
      const known = (await list()).find((provider) => provider.name === name)
      return known !== undefined && (await store.remove(known.id))
    },
    async open(id) {
      const found = (await store.list()).find((provider) => provider.id === id)
      if (found === undefined) return null
      const { sealed, ...provider } = found
      return { ...provider, clientSecret: sealing.unseal(sealed, placeOf(id)) }
    },
  }
}

function placeOf(id: string) {
  return { table: 'SignOnProvider', row: id, teamId: null }
}

const domain = z
  .string()
  .toLowerCase()
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/)
const loopback = /^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?(?:\/|$)/

const shape = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  teamId: z.string().nullable(),
  /** Over TLS; on this machine itself it may do without. */
  issuer: z
    .url()
    .max(500)
    .refine((url) => url.startsWith('https://') || loopback.test(url)),
  clientId: z.string().min(1).max(500),
  clientSecret: z.string().min(1).max(2_000),
  domains: z.array(domain).min(1).max(50),
  newMemberRole: z.enum(['admin', 'developer', 'viewer']).nullable(),
})

const expected: Record<string, string> = {
  name: 'of small letters, digits and hyphens',
  issuer: 'an https:// address',
  clientId: 'what the provider calls this platform',
  clientSecret: 'what the provider gave with it',
  domains: 'one mail domain at least, like example.com',
  newMemberRole: 'admin, developer or viewer',
}

function parseProvider(given: NewProvider): NewProvider {
  const parsed = shape.safeParse(given)
  if (parsed.success) return parsed.data
  const what = String(parsed.error.issues[0]?.path[0] ?? 'name')
  throw peopleError['SIGN_ON.INVALID']({ what, expected: expected[what] ?? 'another' })
}
