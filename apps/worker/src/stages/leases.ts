/**
 * Pushes that wait for a stage. A stage that was waited for, and that nobody waits for any more for `graceMs`, is let go: the
 * pusher pressed Ctrl-C, or the line is lost. What follows a stage (a deployment its build) inherits its lease.
 */
export interface Leases {
  /** Returns the function that gives the lease back: the connection is closed. */
  hold(stageId: string): () => void
  inherit(fromStageId: string, toStageId: string): void
  /** Somebody was told of it who has to come for it. */
  expect(stageId: string): void
  /** It has ended: nobody needs to wait for it. */
  end(stageId: string): void
  close(): void
}

type Lease = { holders: number; lapsing: NodeJS.Timeout | undefined }

export function openLeases(given: { graceMs: number; lapsed(stageId: string): void }): Leases {
  const leases = new Map<string, Lease>()

  function leaseOf(stageId: string): Lease {
    const lease = leases.get(stageId) ?? { holders: 0, lapsing: undefined }
    leases.set(stageId, lease)
    return lease
  }

  function startLapsing(stageId: string, lease: Lease): void {
    clearTimeout(lease.lapsing)
    lease.lapsing = setTimeout(() => {
      leases.delete(stageId)
      given.lapsed(stageId)
    }, given.graceMs)
  }

  function hold(stageId: string): () => void {
    const lease = leaseOf(stageId)
    lease.holders += 1
    clearTimeout(lease.lapsing)
    return () => {
      lease.holders -= 1
      if (lease.holders === 0 && leases.get(stageId) === lease) startLapsing(stageId, lease)
    }
  }

  function end(stageId: string): void {
    clearTimeout(leases.get(stageId)?.lapsing)
    leases.delete(stageId)
  }

  function expect(stageId: string): void {
    if (!leases.has(stageId)) startLapsing(stageId, leaseOf(stageId))
  }

  return {
    hold,
    end,
    expect,
    inherit: (from, to) => {
      if (leases.has(from)) expect(to)
    },
    close: () => {
      for (const stageId of [...leases.keys()]) end(stageId)
    },
  }
}
