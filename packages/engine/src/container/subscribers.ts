import type { ContainerEvent } from '../engine.ts'

/**
 * Those who listen to container events. One that throws is a bug of its own and keeps nobody else from hearing. What
 * happened before anybody listened (exits found when the engine was opened) is told to the first who does.
 */
export function subscribers() {
  const listeners = new Set<(event: ContainerEvent) => void>()
  let unheard: ContainerEvent[] = []
  return {
    subscribe(listener: (event: ContainerEvent) => void): () => void {
      listeners.add(listener)
      for (const event of unheard.splice(0)) queueMicrotask(() => listener(event))
      return () => void listeners.delete(listener)
    },
    emit(event: ContainerEvent): void {
      for (const listener of listeners) queueMicrotask(() => listener(event))
    },
    /** Like `emit`, but kept for the first listener where there is none yet. */
    emitOrKeep(event: ContainerEvent): void {
      if (listeners.size > 0) this.emit(event)
      else unheard = [...unheard, event]
    },
  }
}
