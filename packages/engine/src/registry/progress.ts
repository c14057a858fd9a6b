import { type EventSink, tell } from '@berth/domain'

/** Tells a transfer's progress, at most four times a second, and its end. */
export function progressTeller(
  sink: EventSink | undefined,
  transfer: { what: string; ofBytes: number | null },
): (doneBytes: number) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return (doneBytes) => {
    const now = performance.now()
    if (sink === undefined || (doneBytes !== transfer.ofBytes && now - toldAt < pauseMs)) return
    toldAt = now
    tell(sink, { kind: 'progress', step: null, ...transfer, doneBytes })
  }
}

const pauseMs = 250

export function tellLine(sink: EventSink | undefined, text: string): void {
  if (sink !== undefined) tell(sink, { kind: 'line', step: null, stream: 'stdout', text })
}
