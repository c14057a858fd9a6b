'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => undefined

/** False in what the server rendered, until the page's scripts have taken it over. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
