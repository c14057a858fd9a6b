import type { AccessLine, AccessLog } from '../access-line.ts'

/** For tests: `tell` is a request that has ended. What is left out is a good GET of `/`. */
export type FakeAccessLog = AccessLog & {
  tell(line: Partial<AccessLine> & Pick<AccessLine, 'routeId'>): void
  lose(lines: number): void
}

export function fakeAccessLog(): FakeAccessLog {
  const listeners = new Set<(line: AccessLine) => void>()
  let lost = 0
  return {
    subscribe(listener) {
      // Each call has a place of its own, whatever function it brings.
      const own = (line: AccessLine) => listener(line)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    lost: () => lost,
    close: async () => listeners.clear(),
    tell(line) {
      for (const listener of listeners) listener({ ...plainRequest, atMs: Date.now(), ...line })
    },
    lose(lines) {
      lost += lines
    },
  }
}

const plainRequest = {
  target: null,
  host: 'shop.localhost',
  method: 'GET',
  path: '/',
  status: 200,
  requestBytes: 100,
  responseBytes: 1_000,
  queueMs: 0,
  connectMs: 0,
  firstByteMs: 5,
  totalMs: 6,
  client: '127.0.0.1',
  ended: '--',
}
