'use client'

import type { AttachBegin } from '@berth/observe'
import type { TerminalPort, TerminalSize } from '@berth/ui'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { SessionEnd, TerminalSession } from './terminal-session.ts'

export type SessionState =
  | { kind: 'none' }
  | { kind: 'connecting' }
  | { kind: 'open'; name: string }
  | { kind: 'over'; end: SessionEnd }

/** One session at a time, in a terminal. It ends with the page. */
export function useTerminalSession(app: string) {
  const [state, setState] = useState<SessionState>({ kind: 'none' })
  const port = useRef<TerminalPort | null>(null)
  const session = useRef<TerminalSession | null>(null)
  /** Which opening is meant: one that was closed while its code was loaded opens nothing any more. */
  const opening = useRef(0)

  const close = useCallback(() => {
    opening.current += 1
    session.current?.close()
    session.current = null
    port.current?.setReadOnly(true)
  }, [])
  useEffect(() => close, [close])

  const open = useCallback(
    async (beginOf: (size: TerminalSize) => AttachBegin) => {
      const terminal = port.current
      if (!terminal) return
      close()
      terminal.reset()
      terminal.setReadOnly(false)
      terminal.focus()
      setState({ kind: 'connecting' })
      const meant = opening.current
      // Its protocol is the largest part of the page, and of use only now.
      const { openTerminalSession } = await import('./terminal-session.ts')
      if (opening.current !== meant) return
      session.current = openTerminalSession(app, beginOf(terminal.size()), {
        begun: (name) => setState({ kind: 'open', name }),
        output: (bytes, taken) => terminal.write(bytes, taken),
        ended(end) {
          terminal.setReadOnly(true)
          setState({ kind: 'over', end })
        },
      })
    },
    [app, close],
  )
  const leave = useCallback(() => {
    close()
    setState({ kind: 'none' })
  }, [close])
  return { state, port, session, open, leave }
}
