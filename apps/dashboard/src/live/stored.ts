'use client'

import { useSyncExternalStore } from 'react'

/**
 * What this browser keeps for the person who uses it: what they looked at, how they like their keys. Nothing depends on
 * it. Where the browser keeps nothing (private windows may refuse), it lasts as long as the page.
 */
const kept = new Map<string, unknown>()
const listeners = new Set<() => void>()
const prefix = 'berth-'

export function readStored<Value>(name: string, otherwise: Value): Value {
  if (!kept.has(name)) kept.set(name, parse(name) ?? otherwise)
  return kept.get(name) as Value
}

export function writeStored(name: string, value: unknown): void {
  kept.set(name, value)
  for (const listener of listeners) listener()
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value))
  } catch {
    // It lasts as long as the page.
  }
}

/** On signing out nothing of the pages is left behind. */
export function forgetStored(name: string): void {
  kept.delete(name)
  try {
    localStorage.removeItem(prefix + name)
  } catch {
    // Then nothing was kept.
  }
}

/** `otherwise` must be the same value at every call. The server renders that. */
export function useStored<Value>(name: string, otherwise: Value): Value {
  return useSyncExternalStore(
    subscribe,
    () => readStored(name, otherwise),
    () => otherwise,
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function parse(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(prefix + name) ?? 'null')
  } catch {
    return null
  }
}
