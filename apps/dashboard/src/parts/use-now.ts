'use client'

import { useEffect, useState } from 'react'

/** The time of day for words that depend on it: the server's while the page begins, then this machine's, minute by minute. */
export function useNow(serverMs: number): number {
  const [nowMs, setNowMs] = useState(serverMs)
  useEffect(() => {
    setNowMs(Date.now())
    const timer = setInterval(() => setNowMs(Date.now()), 60_000)
    return () => clearInterval(timer)
  }, [])
  return nowMs
}
