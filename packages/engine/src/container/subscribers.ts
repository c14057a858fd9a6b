import type { ContainerEvent } from '../engine.ts'

type Listener = (event: ContainerEvent) => void

/** As many as Docker remembers are 256; a deploy of many instances is more. */
const mostRemembered = 1_024

/**
 * Those who listen to container events. One that throws is a bug of its own and keeps nobody else from hearing. What
 * happened before anybody listened (exits found when the engine was opened) is told to the first who does; the last ones
 * are told again to whoever asks for what happened since a time.
 */
export function subscribers() {
  const listeners = new Set<Listener>()
  const remembered: ContainerEvent[] = []
  let unheard: ContainerEvent[] = []
  const remember = (event: ContainerEvent) => {
    remembered.push(event)
    if (remembered.length > mostRemembered) remembered.shift()
  }
  const emit = (event: ContainerEvent) => {
    remember(event)
    for (const listener of listeners) queueMicrotask(() => listener(event))
  }
  return {
    emit,
    subscribe(listener: Listener, { since }: { since?: Date } = {}): () => void {
      listeners.add(listener)
      const missed = unheard.splice(0)
      const past = since === undefined ? missed : remembered.filter(({ at }) => at >= since)
      for (const event of past) queueMicrotask(() => listeners.has(listener) && listener(event))
      return () => void listeners.delete(listener)
    },
    /** Like `emit`, but kept for the first listener where there is none yet. */
    emitOrKeep(event: ContainerEvent): void {
      if (listeners.size === 0) unheard = [...unheard, event]
      emit(event)
    },
  }
}
