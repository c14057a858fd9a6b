import type { DrainStore, SealedDrain } from '../drains/drain.ts'

export function fakeDrainStore(): DrainStore {
  const drains: SealedDrain[] = []
  return {
    list: async (appId) => drains.filter((drain) => drain.appId === appId),
    all: async () => [...drains],
    async add(drain) {
      drains.push({ ...drain, createdAt: new Date() })
    },
    async remove(appId, id) {
      const place = drains.findIndex((drain) => drain.appId === appId && drain.id === id)
      if (place !== -1) drains.splice(place, 1)
      return place !== -1
    },
  }
}
