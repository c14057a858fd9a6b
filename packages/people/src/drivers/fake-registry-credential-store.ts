import type { RegistryCredentialStore, SealedCredential } from '../registries/registry-credentials.ts'

export function fakeRegistryCredentialStore(): RegistryCredentialStore {
  const rows = new Map<string, SealedCredential>()
  const key = (teamId: string, host: string) => `${teamId} ${host}`
  return {
    list: async (teamId) =>
      [...rows.values()]
        .filter((row) => row.teamId === teamId)
        .map((row) => structuredClone(row))
        .sort((one, other) => (one.host < other.host ? -1 : 1)),
    set: async (given) =>
      void rows.set(key(given.teamId, given.host), { ...structuredClone(given), createdAt: new Date() }),
    remove: async (teamId, host) => rows.delete(key(teamId, host)),
  }
}
