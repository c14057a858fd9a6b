'use client'

import type { ConfigurationView } from '@berth/api'
import { useCallback, useEffect, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'

/** Values that somebody asked to see. Each look is written to the audit log; what was seen is forgotten when it changes. */
export function useValues(app: string, { changed }: Pick<ConfigurationView, 'changed'>) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const changedAt = changed?.at ?? null
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was seen is no longer what is saved.
  useEffect(() => setValues({}), [changedAt])
  const ask = useCallback(
    (name: string | null): Promise<Record<string, string>> =>
      name === null
        ? trpc.configuration.read.query({ app })
        : trpc.configuration.get.query({ app, variable: name }).then(({ value }) => ({ [name]: value })),
    [app],
  )
  const { run, busy, failure } = useMutation(ask)
  return {
    values,
    busy,
    failure,
    /** Null: all of them. */
    reveal: async (name: string | null) => {
      const seen = await run(name)
      if (seen) setValues((before) => ({ ...before, ...seen }))
      return seen
    },
    hide: (name: string | null) =>
      setValues((before) => {
        if (name === null) return {}
        const { [name]: _, ...others } = before
        return others
      }),
  }
}

export type HeldValues = ReturnType<typeof useValues>
