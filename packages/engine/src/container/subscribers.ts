import type { ContainerEvent } from '../engine.ts'

/** Those who listen to container events. One that throws is a bug of its own and keeps nobody else from hearing. */
export function subscribers() {
  const listeners = new Set<(event: ContainerEvent) => void>()
  return {
    subscribe(listener: (event: ContainerEvent) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    emit(event: ContainerEvent): void {
      for (const listener of listeners) queueMicrotask(() => listener(event))
    },
  }
}
