import { randomUUID } from 'node:crypto'
import { type Death, type DeathStore, isDeathId, mostDeaths } from '../deaths/death.ts'

export function fakeDeathStore(): DeathStore {
  const deaths: Death[] = []
  const ofApp = (appId: string) =>
    deaths
      .filter((death) => death.appId === appId)
      .sort((one, other) => other.endedAt.getTime() - one.endedAt.getTime())
  return {
    async add(death) {
      const isKnown = deaths.some(
        ({ containerId, endedAt }) =>
          containerId === death.containerId && endedAt.getTime() === death.endedAt.getTime(),
      )
      if (!isKnown) deaths.push({ id: randomUUID(), ...death })
      for (const old of ofApp(death.appId).slice(mostDeaths)) deaths.splice(deaths.indexOf(old), 1)
    },
    list: async (appId, limit) => ofApp(appId).slice(0, limit),
    async find(appId, id) {
      const found = isDeathId(id) ? ofApp(appId).filter((death) => death.id.startsWith(id)) : []
      return found.length === 1 ? (found[0] ?? null) : null
    },
  }
}
