'use client'

import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from 'react'

/** The one moment that all plots of a group are read at; null: none, and the newest values are shown. */
export class Reading {
  #at: number | null = null
  #listeners = new Set<() => void>()

  get = (): number | null => this.#at

  set = (at: number | null): void => {
    if (at === this.#at) return
    this.#at = at
    for (const listener of this.#listeners) listener()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

const SharedReading = createContext<Reading | null>(null)

/** Plots inside are read together: pointing at one shows the values of that moment in all. */
export function PlotGroup({ children }: { children: ReactNode }) {
  const [reading] = useState(() => new Reading())
  return <SharedReading value={reading}>{children}</SharedReading>
}

/** The group's, or, for a plot that stands alone, its own. */
export function useSharedReading(): Reading {
  const shared = useContext(SharedReading)
  const [own] = useState(() => new Reading())
  return shared ?? own
}

export function useReadingAt(reading: Reading): number | null {
  return useSyncExternalStore(reading.subscribe, reading.get, () => null)
}
