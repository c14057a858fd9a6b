'use client'

import { useState } from 'react'
import type { Refusal } from '../../live/ask-auth.ts'

/** Trying to get in, in one of several ways: which is under way, and why the last did not work. */
export type Attempt = {
  busy: string | null
  refused: Refusal | null
  /** `work` answers null where it did what it should; then `onDone`, which leads on: nothing is pressed a second time. */
  begin(way: string, work: () => Promise<Refusal | null>, onDone: () => void): Promise<void>
}

export function useAttempt(before: Refusal | null = null): Attempt {
  const [busy, setBusy] = useState<string | null>(null)
  const [refused, setRefused] = useState(before)
  return {
    busy,
    refused,
    async begin(way, work, onDone) {
      setBusy(way)
      setRefused(null)
      const failed = await work()
      if (failed === null) return onDone()
      setRefused(failed)
      setBusy(null)
    },
  }
}
