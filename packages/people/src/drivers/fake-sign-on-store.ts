import { peopleError } from '../errors.ts'
import type { SealedProvider, SignOnStore } from '../sign-in/sign-on.ts'

export function fakeSignOnStore(): SignOnStore {
  const rows = new Map<string, SealedProvider>()
  return {
    list: async () =>
      structuredClone([...rows.values()].sort((one, other) => (one.name < other.name ? -1 : 1))),
    add: async (provider) => {
      const isTaken = [...rows.values()].some(({ name }) => name === provider.name)
      if (isTaken) throw peopleError['SIGN_ON.TAKEN']({ name: provider.name })
      rows.set(provider.id, { ...structuredClone(provider), createdAt: new Date() })
    },
    remove: async (id) => rows.delete(id),
  }
}
