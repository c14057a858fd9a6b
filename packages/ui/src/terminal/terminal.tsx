'use client'

import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { classNames } from '../class-names.ts'
import { KeyHint } from '../key-hint.tsx'
import { leaveKeys } from './terminal-key.ts'
import type { TerminalEvents, TerminalPort } from './terminal-port.ts'

type TerminalProps = Pick<TerminalEvents, 'onInput' | 'onResize'> & {
  label: string
  /** It is there, with its size; null: it is gone. */
  onPort: (port: TerminalPort | null) => void
  /** Above it, at the left: what it is joined to. */
  title: ReactNode
  /** Above it, at the right. */
  actions?: ReactNode
  /** Over it: a question, or how it ended. */
  children?: ReactNode
  className?: string
}

/**
 * A terminal: colours, UTF-8, a mouse, 10,000 lines to look back. It takes every key, Tab among them, so one chord leads out
 * of it, which it says below. Its code comes when it is drawn.
 */
export function Terminal({ label, title, actions, children, className, ...rest }: TerminalProps) {
  const host = useRef<HTMLDivElement>(null)
  const exit = useRef<HTMLParagraphElement>(null)
  const hintId = useId()
  const [failed, setFailed] = useState(false)
  const latest = useRef(rest)
  latest.current = rest

  useEffect(() => {
    const element = host.current
    if (!element) return
    let port: TerminalPort | undefined
    let over = false
    const events: TerminalEvents = {
      onInput: (bytes) => latest.current.onInput(bytes),
      onResize: (size) => latest.current.onResize(size),
      onLeave: () => exit.current?.focus(),
    }
    const open = async () => {
      const { openXterm } = await import('./open-xterm.ts')
      if (over) return
      const opened = await openXterm(element, { label, describedBy: hintId, events })
      if (over) return opened.close()
      port = opened
      latest.current.onPort(opened)
    }
    open().catch(() => setFailed(true))
    return () => {
      over = true
      latest.current.onPort(null)
      port?.close()
    }
  }, [label, hintId])

  return (
    <section
      aria-label={label}
      className={classNames(
        'flex min-h-0 flex-col overflow-hidden rounded-md border border-line bg-sunken focus-within:border-line-strong',
        className,
      )}
    >
      <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-surface py-1 pr-1.5 pl-4 text-sm">
        <div className="flex min-w-0 flex-1 basis-44 items-center gap-3">{title}</div>
        {actions && <div className="flex items-center gap-1">{actions}</div>}
      </div>
      <div className="relative min-h-0 flex-1">
        <div ref={host} className="absolute inset-0 overflow-hidden p-3 font-mono text-[13px]" />
        {failed && (
          <p role="alert" className="absolute inset-x-4 top-3 text-bad">
            The terminal could not be loaded. Load the page again.
          </p>
        )}
        {children}
      </div>
      <p
        ref={exit}
        id={hintId}
        tabIndex={-1}
        className="flex flex-wrap items-center gap-x-2 gap-y-1 border-t border-line bg-surface px-4 py-1.5 text-xs text-muted max-sm:hidden"
      >
        <KeyHint keys={leaveKeys} /> leaves the terminal. <KeyHint keys="ctrl+c" /> copies what is chosen, and
        interrupts where nothing is.
      </p>
    </section>
  )
}
