'use client'

import type { ErrorRecord } from '@berth/domain'
import type { AppLogLine } from '@berth/observe'
import { LogLines } from '@berth/ui'
import { useCallback, useEffect, useRef, useState } from 'react'
import { logLineOf } from '../parts/logs/log-line-of.ts'
import type { AskedFilter } from '../parts/logs/logs-query.ts'
import { type LogPlace, type LogWindow, type LogWindowState, openLogWindow } from './log-window.ts'
import { failureIn, trpc } from './trpc.ts'
import { whileLookedAt } from './while-looked-at.ts'

const retryMs = 2000

export type LogWindowView = {
  lines: LogLines
  /** Null: nothing was read yet. */
  state: LogWindowState | null
  /** New lines do not come at the moment. */
  lost: ErrorRecord | null
  loadOlder: () => void
  loadNewer: () => void
}

/** An app's log in the browser: filtered by the worker, from a place on, in both directions. Null: it is not known yet. */
export function useLogWindow(app: string, filter: AskedFilter, place: LogPlace | null): LogWindowView {
  const [lines] = useState(() => new LogLines())
  const [told, setTold] = useState<{ of: string; state: LogWindowState } | null>(null)
  const [lost, setLost] = useState<ErrorRecord | null>(null)
  const window = useRef<LogWindow | null>(null)
  const asked = useRef({ filter, place })
  asked.current = { filter, place }
  const key = JSON.stringify([filter, place])

  useEffect(() => {
    const { filter, place } = asked.current
    setLost(null)
    if (place === null) return
    window.current = openLogWindow({
      place,
      page: (query) => trpc.logs.history.query({ app, ...filter, ...query }),
      follow: (after, onLines) => follow({ app, ...filter }, after, { onLines, onLost: setLost }),
      append: (more) => lines.append(more.map(logLineOf)),
      prepend: (older) => lines.prepend(older.map(logLineOf)),
      failureIn,
      onState: (state) => setTold({ of: key, state }),
    })
    return () => {
      window.current?.close()
      lines.clear()
    }
  }, [app, key, lines])

  const loadOlder = useCallback(() => window.current?.older(), [])
  const loadNewer = useCallback(() => window.current?.newer(), [])
  // What was told of another place says nothing of this one.
  const state = told?.of === key ? told.state : null
  return { lines, state, lost, loadOlder, loadNewer }
}

type Told = {
  onLines: (lines: readonly AppLogLine[]) => void
  onLost: (failure: ErrorRecord | null) => void
}

/** It connects again by itself, behind the last line that came. */
function follow(asked: { app: string } & AskedFilter, from: number | null, told: Told): () => void {
  let after = from
  let timer: ReturnType<typeof setTimeout> | undefined
  let subscription: { unsubscribe: () => void } | undefined
  const again = (failure: ErrorRecord) => {
    told.onLost(failure)
    clearTimeout(timer)
    timer = setTimeout(open, retryMs)
  }
  const open = () => {
    subscription?.unsubscribe()
    subscription = trpc.logs.follow.subscribe(
      { ...asked, tail: 0, after },
      {
        onStarted: () => told.onLost(null),
        onData: ({ data }) => {
          after = data.at(-1)?.number ?? after
          told.onLines(data)
        },
        onError: (error) => again(failureIn(error)),
        onComplete: () => again(ended),
      },
    )
  }
  const close = () => {
    clearTimeout(timer)
    subscription?.unsubscribe()
  }
  return whileLookedAt({ open, close })
}

const ended: ErrorRecord = {
  code: 'DASHBOARD.LOG_ENDED',
  message: 'The log ended.',
  hint: 'It is asked for again by itself.',
  fault: 'system',
  retryable: true,
}
