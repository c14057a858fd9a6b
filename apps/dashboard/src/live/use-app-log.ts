'use client'

import { LogLines } from '@berth/ui'
import { useEffect, useState } from 'react'
import { failureIn, trpc } from './trpc.ts'
import { whileLookedAt } from './while-looked-at.ts'

const retryMs = 2000
const tail = 500

export type AppLogState = { lines: LogLines; problem: string | null }

/** An app's log, from its last 500 lines on. It connects again by itself. */
export function useAppLog(app: string, instance: string | null): AppLogState {
  const [lines] = useState(() => new LogLines())
  const [problem, setProblem] = useState<string | null>(null)

  useEffect(() => {
    let number = 0
    /** The number of the last line that is here: after a lost connection, the log goes on behind it. */
    let after: number | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    let subscription: { unsubscribe: () => void } | undefined
    const again = (why: string) => {
      setProblem(why)
      clearTimeout(timer)
      timer = setTimeout(open, retryMs)
    }
    const open = () => {
      subscription?.unsubscribe()
      subscription = trpc.logs.follow.subscribe(
        { app, instance, tail, after },
        {
          onStarted: () => setProblem(null),
          onData: ({ data }) => {
            after = data.at(-1)?.number ?? after
            lines.append(
              data.map((line) => ({
                number: ++number,
                text: line.text,
                at: line.at,
                source: instance === null ? line.instance : undefined,
                edged: line.stream === 'stderr',
              })),
            )
          },
          onError: (error) => again(failureIn(error).message),
          onComplete: () => again('The log ended.'),
        },
      )
    }
    const close = () => {
      clearTimeout(timer)
      subscription?.unsubscribe()
    }
    const end = whileLookedAt({ open, close })
    return () => {
      end()
      lines.clear()
    }
  }, [app, instance, lines])

  return { lines, problem }
}
