'use client'

import { LogLines } from '@berth/ui'
import { useEffect, useState } from 'react'
import { failureIn, trpc } from './trpc.ts'
import { whileLookedAt } from './while-looked-at.ts'

const retryMs = 2000
const tail = 500

export type AppLogState = { lines: LogLines; problem: string | null }

/** What an app's instances print, from the last 500 lines on. It connects again by itself. */
export function useAppLog(app: string, instance: string | null): AppLogState {
  const [lines] = useState(() => new LogLines())
  const [problem, setProblem] = useState<string | null>(null)

  useEffect(() => {
    let number = 0
    let newest = ''
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
        { app, instance, tail },
        {
          onStarted: () => setProblem(null),
          onData: ({ data }) => {
            // After a connection was lost, the tail holds lines that are here already.
            const fresh = data.filter((line) => line.at > newest || number === 0)
            newest = data.at(-1)?.at ?? newest
            lines.append(
              fresh.map((line) => ({
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
