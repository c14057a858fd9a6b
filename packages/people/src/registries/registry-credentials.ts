import { peopleError } from '../errors.ts'
import type { SealedPlace, Sealing } from '../sealing/seal-values.ts'
import { parseRegistryHost } from './parse-registry-host.ts'

/** A team's account at a registry. The password is in none of these: it is sealed in the store. */
export type RegistryCredential = {
  teamId: string
  /** `ghcr.io`, `docker.io`, `registry.example.com:5000`: as the engine calls registries. */
  host: string
  username: string
  createdAt: Date
  createdById: string | null
}

export interface RegistryCredentialStore {
  /** Sorted by host. */
  list(teamId: string): Promise<SealedCredential[]>
  /** In place of the one that the team has for this host. */
  set(credential: Omit<SealedCredential, 'createdAt'>): Promise<void>
  remove(teamId: string, host: string): Promise<boolean>
}

export type SealedCredential = RegistryCredential & { sealed: Uint8Array<ArrayBuffer> }

export type RegistryAccount = { host: string; username: string; password: string }

/** What teams may call registries with. The one place that seals and unseals it. */
export type RegistryCredentials = {
  list(teamId: string): Promise<RegistryCredential[]>
  /** @throws REGISTRY_ACCOUNT.INVALID, REGISTRY_ACCOUNT.TOO_MANY */
  set(teamId: string, account: RegistryAccount, createdById: string): Promise<RegistryAccount['host']>
  /** @throws REGISTRY_ACCOUNT.NOT_FOUND */
  remove(teamId: string, host: string): Promise<RegistryAccount['host']>
  /** For the worker's builds, with the passwords. @throws SECRET.UNREADABLE */
  accounts(teamId: string): Promise<RegistryAccount[]>
}

/** Every build opens all of its team's. */
const mostOfATeam = 50

export function openRegistryCredentials({
  store,
  sealing,
}: {
  store: RegistryCredentialStore
  sealing: Sealing
}): RegistryCredentials {
  return {
    async list(teamId) {
      return (await store.list(teamId)).map(({ sealed: _, ...shown }) => shown)
    },
    async set(teamId, account, createdById) {
      const host = parseRegistryHost(account.host)
      const username = checkedUsername(account.username)
      const known = await store.list(teamId)
      if (known.length >= mostOfATeam && !known.some((one) => one.host === host))
        throw peopleError['REGISTRY_ACCOUNT.TOO_MANY']({ most: mostOfATeam })
      const sealed = sealing.seal(checkedPassword(account.password), placeOf(teamId, host))
      await store.set({ teamId, host, username, sealed, createdById })
      return host
    },
    async remove(teamId, given) {
      const host = parseRegistryHost(given)
      if (!(await store.remove(teamId, host))) throw peopleError['REGISTRY_ACCOUNT.NOT_FOUND']({ host })
      return host
    },
    async accounts(teamId) {
      return (await store.list(teamId)).map(({ host, username, sealed }) => ({
        ...{ host, username },
        password: sealing.unseal(sealed, placeOf(teamId, host)),
      }))
    },
  }
}

function placeOf(teamId: string, host: string): SealedPlace {
  return { table: 'RegistryCredential', row: host, teamId }
}

/** Basic authentication ends a name at its first colon. */
function checkedUsername(given: string): string {
  if (/^[^:\p{Cc}]{1,256}$/u.test(given)) return given
  throw invalid('user name', '1 to 256 characters without a colon')
}

/** Some are keys in JSON, of several lines; none is longer than a header may be. */
function checkedPassword(given: string): string {
  if (given.length > 0 && given.length <= 8_192 && !given.includes('\0')) return given
  throw invalid('password', '1 to 8192 characters')
}

function invalid(what: string, expected: string) {
  return peopleError['REGISTRY_ACCOUNT.INVALID']({ what, expected })
}
