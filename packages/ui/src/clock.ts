'use client'

import { useSyncExternalStore } from 'react'

/** One timer for every relative time on the page; it stands still while nobody looks. */
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** Milliseconds since 1970, a new value every second; the server and the first paint take `rendered`. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now, Date.now)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function tick() {
  if (document.hidden) return
  now = Date.now()
  for (const listener of listeners) listener()
}
