'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import { changes } from './changes.ts'

/** What was read last, and whether reading works at the moment. What is shown stays while it does not. */
export type Live<Value> = { value: Value; lost: boolean; readNow: () => void }

export type Watching = {
  /** The name of the app that is shown: only its changes count. Without it every change that one may see counts; null: none. */
  app?: string | null
  /** Also read again this often: for what is no record, as the memory of an instance. */
  everyMs?: number
  enabled?: boolean
}

/** Several changes of one moment are one reading. */
const gatherMs = 50
/** While nobody tells of changes. */
const unheardMs = 2_000
/** In case something changed that nobody tells of. */
const anywayMs = 60_000

/**
 * Begins with what the server rendered and reads again when it was told of a change, as long as somebody looks. One call at
 * a time: a slow answer delays the next question instead of piling up.
 */
export function useLive<Value>(
  initial: Value,
  read: () => Promise<Value>,
  { app, everyMs, enabled = true }: Watching = {},
): Live<Value> {
  const [state, setState] = useState({ from: initial, value: initial, lost: false })
  const reading = useRef(read)
  reading.current = read
  const now = useRef<() => void>(() => undefined)

  // A page that was rendered anew brings newer values than those that were read.
  if (state.from !== initial) setState({ from: initial, value: initial, lost: false })

  useEffect(() => {
    if (!enabled) return
    const turns = takeTurns({
      everyMs: everyMs ?? anywayMs,
      app,
      async read() {
        const outcome = await attempt(reading.current)
        if (!turns.isOver()) setState((before) => ({ ...before, ...outcome }))
      },
    })
    now.current = turns.now
    return turns.end
  }, [app, enabled, everyMs])

  const readNow = useCallback(() => now.current(), [])
  return { value: state.value, lost: state.lost, readNow }
}

type Turns = { app: string | null | undefined; everyMs: number; read: () => Promise<void> }

/** When to read: after a change, after a while, and when somebody looks again. Never twice at a time. */
function takeTurns({ app, everyMs, read }: Turns) {
  let isOver = false
  let isReading = false
  let isDue = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const wait = (waitMs: number) => {
    clearTimeout(timer)
    timer = setTimeout(turn, waitMs)
  }
  const pauseMs = () => (changes.isHearing ? everyMs : Math.min(everyMs, unheardMs))
  const turn = async () => {
    isDue = true
    if (isReading || document.hidden) return
    isReading = true
    isDue = false
    await read()
    isReading = false
    if (!isOver) wait(isDue ? gatherMs : pauseMs())
  }
  const onChange = () => {
    isDue = true
    if (!isReading) wait(gatherMs)
  }
  const onVisible = () => {
    if (!document.hidden && isDue && !isReading) wait(0)
  }
  const unlisten = changes.listen({
    app,
    onChange,
    onHearing: () => isReading || wait(pauseMs()),
  })
  document.addEventListener('visibilitychange', onVisible)
  wait(pauseMs())
  return {
    isOver: () => isOver,
    now: () => (isReading ? onChange() : wait(0)),
    end() {
      isOver = true
      clearTimeout(timer)
      unlisten()
      document.removeEventListener('visibilitychange', onVisible)
    },
  }
}

async function attempt<Value>(
  read: () => Promise<Value>,
): Promise<{ value: Value; lost: false } | { lost: true }> {
  try {
    return { value: await read(), lost: false }
  } catch {
    // Shown as "not connected"; the next turn tries again.
    return { lost: true }
  }
}
