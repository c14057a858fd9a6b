'use client'

import { useCallback, useEffect, useRef, useState } from 'react'

/** What was read last, and whether reading works at the moment. What is shown stays while it does not. */
export type Live<Value> = { value: Value; lost: boolean; readNow: () => void }

export type Watching = {
  /** The name of the app that is shown: only its changes count. Without it every change that one may see counts. */
  app?: string
  /** Also read again this often: for what is no record, as the memory of an instance. */
  everyMs?: number
  enabled?: boolean
}

/**
 * Begins with what the server rendered and reads again when it may have changed, as long as somebody looks. One call at a
 * time: a slow answer delays the next question instead of piling up.
 */
export function useLive<Value>(
  initial: Value,
  read: () => Promise<Value>,
  { everyMs = 2000, enabled = true }: Watching = {},
): Live<Value> {
  const [state, setState] = useState({ from: initial, value: initial, lost: false })
  const reading = useRef(read)
  reading.current = read
  const [round, setRound] = useState(0)

  // A page that was rendered anew brings newer values than those that were read.
  if (state.from !== initial) setState({ from: initial, value: initial, lost: false })

  useEffect(() => {
    if (!enabled) return
    let stopped = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const turn = async () => {
      if (!document.hidden) {
        const outcome = await attempt(reading.current)
        if (stopped) return
        setState((before) => ({ ...before, ...outcome }))
      }
      timer = setTimeout(turn, everyMs)
    }
    const onVisible = () => {
      if (document.hidden) return
      clearTimeout(timer)
      timer = setTimeout(turn, 0)
    }
    timer = setTimeout(turn, round === 0 ? everyMs : 0)
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      stopped = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [enabled, everyMs, round])

  const readNow = useCallback(() => setRound((before) => before + 1), [])
  return { value: state.value, lost: state.lost, readNow }
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
