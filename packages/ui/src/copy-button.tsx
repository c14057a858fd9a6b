'use client'

import { useEffect, useState } from 'react'
import { classNames } from './class-names.ts'
import { CheckIcon, CopyIcon } from './icons.tsx'

/** Copies a text and says so in place; the tick stays for two seconds. */
export function CopyButton({
  text,
  label = 'Copy',
  className,
}: {
  text: string | (() => string)
  label?: string
  className?: string
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 2000)
    return () => clearTimeout(timer)
  }, [state])
  const copy = async () =>
    setState((await writeText(typeof text === 'string' ? text : text())) ? 'copied' : 'refused')
  return (
    <button
      type="button"
      onClick={copy}
      title={state === 'refused' ? 'The browser did not allow it' : label}
      className={classNames(
        'inline-flex size-7 shrink-0 items-center justify-center rounded-sm text-faint transition-colors hover:bg-hover hover:text-text',
        className,
      )}
    >
      {state === 'copied' ? <CheckIcon className="size-4 text-good" /> : <CopyIcon className="size-4" />}
      <span className="sr-only" aria-live="polite">
        {state === 'copied' ? 'Copied' : label}
      </span>
    </button>
  )
}

/** Plain HTTP has no clipboard interface: there a hidden text area and the old command serve. */
async function writeText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      return copyBySelection(text)
    }
  }
  return copyBySelection(text)
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  const focused = document.activeElement
  area.value = text
  area.setAttribute('readonly', '')
  area.style.position = 'fixed'
  area.style.opacity = '0'
  // Inside an open dialog only what it holds can have the focus.
  const host = focused?.closest('[role=dialog]') ?? document.body
  host.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
