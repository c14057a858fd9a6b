'use client'

import { useSyncExternalStore } from 'react'
import { classNames } from './class-names.ts'

const never = () => () => undefined

/** A Mac says ⌘ where others say Ctrl; the server does not know and says Ctrl. */
export function useIsMac(): boolean {
  return useSyncExternalStore(
    never,
    () => /Mac|iP(hone|ad)/.test(navigator.platform),
    () => false,
  )
}

/** Keys as they are pressed: `mod+k` together, `g a` one after the other. */
export function KeyHint({ keys, className }: { keys: string; className?: string }) {
  const isMac = useIsMac()
  return (
    <span className={classNames('inline-flex items-center gap-1', className)}>
      {keys.split(/[ +]/).map((key, index) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: keys in the order in which they are pressed.
          key={index}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line-strong bg-sunken px-1 text-xs text-muted"
        >
          {nameOf(key, isMac)}
        </kbd>
      ))}
    </span>
  )
}

const names: Readonly<Record<string, string>> = {
  enter: '↵',
  up: '↑',
  down: '↓',
  escape: 'Esc',
  shift: '⇧',
  ctrl: 'Ctrl',
}

function nameOf(key: string, isMac: boolean): string {
  if (key === 'mod') return isMac ? '⌘' : 'Ctrl'
  return names[key] ?? key.toUpperCase()
}
