'use client'

import type { ErrorRecord } from '@berth/domain'
import { useCallback, useState } from 'react'
import { failureIn } from './trpc.ts'

/** A change asked for by a person: whether it is under way, and what went wrong. */
export function useMutation<Input, Output>(change: (input: Input) => Promise<Output>) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ErrorRecord | null>(null)
  const run = useCallback(
    async (input: Input): Promise<Output | undefined> => {
      setBusy(true)
      setFailure(null)
      try {
        return await change(input)
      } catch (error) {
        setFailure(failureIn(error))
        return undefined
      } finally {
        setBusy(false)
      }
    },
    [change],
  )
  return { run, busy, failure, clear: useCallback(() => setFailure(null), []) }
}
