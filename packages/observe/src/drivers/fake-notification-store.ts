import type { Delivery, NotificationStore, SealedTarget } from '../notify/notification-store.ts'

/** Targets and deliveries in memory, in the order in which they were made. */
export function fakeNotificationStore(): NotificationStore {
  const targets = new Map<string, SealedTarget>()
  const deliveries = new Map<string, Delivery>()
  const copies = <Row>(rows: Iterable<Row>, matches: (row: Row) => boolean = () => true): Row[] =>
    [...rows].filter(matches).map((row) => structuredClone(row))
  const newestFirst = (matches: (row: Delivery) => boolean) => copies(deliveries.values(), matches).reverse()
  const newestAbout = () => {
    const told = newestFirst(({ state }) => state !== 'left-out')
    const groups = Map.groupBy(told, ({ targetId, subject }) => `${targetId} ${subject}`)
    return [...groups.values()].flatMap((rows) => rows.slice(0, 1))
  }
  const waiting = (id: string) => {
    const row = deliveries.get(id)
    return row?.state === 'queued' ? row : undefined
  }

  return {
    targets: async (teamId) => copies(targets.values(), (row) => row.teamId === teamId),
    allTargets: async () => copies(targets.values()),
    target: async (id) => structuredClone(targets.get(id) ?? null),
    addTarget: async (target) =>
      void targets.set(target.id, { ...structuredClone(target), createdAt: new Date() }),
    async changeTarget(teamId, id, told) {
      const row = targets.get(id)
      if (row?.teamId !== teamId) return false
      Object.assign(row, structuredClone(told))
      return true
    },
    async removeTarget(teamId, id) {
      if (targets.get(id)?.teamId !== teamId) return false
      for (const row of copies(deliveries.values(), (each) => each.targetId === id)) deliveries.delete(row.id)
      return targets.delete(id)
    },
    addDelivery: async (delivery) => {
      const [createdAt, { state }] = [new Date(), delivery]
      const finishedAt = state === 'left-out' ? createdAt : null
      const rest = { attempts: 0, answer: null, createdAt, finishedAt }
      deliveries.set(delivery.id, { ...structuredClone(delivery), ...rest })
    },
    delivery: async (id) => structuredClone(deliveries.get(id) ?? null),
    beginAttempt: async (id) => {
      const row = waiting(id)
      if (row === undefined) return 0
      row.attempts += 1
      return row.attempts
    },
    noteAnswer: async (id, answer) => {
      const row = waiting(id)
      if (row) row.answer = answer
    },
    endDelivery: async (id, state, answer) => {
      const row = waiting(id)
      if (row) Object.assign(row, { state, answer, finishedAt: new Date() })
      return row !== undefined
    },
    deliveries: async (teamId, limit) =>
      newestFirst(({ targetId }) => targets.get(targetId)?.teamId === teamId).slice(0, limit),
    lastAbout: async (targetId, subject) =>
      newestFirst(
        (row) => row.targetId === targetId && row.subject === subject && row.state !== 'left-out',
      )[0] ?? null,
    load: async (targetId, since) => {
      const rows = newestFirst((row) => row.targetId === targetId)
      const lastSent = rows.findIndex((row) => row.state !== 'left-out')
      return {
        sent: rows.filter((row) => row.state !== 'left-out' && row.createdAt >= since).length,
        leftOut: lastSent === -1 ? rows.length : lastSent,
      }
    },
    stranded: async ({ untried, tried }, limit) =>
      copies(
        deliveries.values(),
        (row) => row.state === 'queued' && row.createdAt < (row.attempts === 0 ? untried : tried),
      ).slice(0, limit),
    openSubjects: async (prefix) => {
      const open = newestAbout().filter(
        ({ phase, subject }) => phase === 'begun' && subject.startsWith(prefix),
      )
      return [...new Set(open.map(({ subject }) => subject))].sort()
    },
    prune: async (keep) => {
      const newest = new Set(newestAbout().map(({ id }) => id))
      const byTarget = Map.groupBy(
        newestFirst(() => true),
        ({ targetId }) => targetId,
      )
      const old = [...byTarget.values()].flatMap((rows) => rows.slice(keep))
      const gone = old.filter(
        ({ id, phase, state }) => state !== 'queued' && !(phase === 'begun' && newest.has(id)),
      )
      for (const { id } of gone) deliveries.delete(id)
      return gone.length
    },
  }
}
