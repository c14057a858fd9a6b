'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { readStored } from '../../live/stored.ts'
import type { FrameDialog } from '../frame/frame-dialogs.tsx'
import { usePlace } from '../frame/place.tsx'
import { teamPath } from '../frame/team-path.ts'
import { tabHref, tabsFor } from '../frame/team-tabs.ts'
import { type Pending, pressKey } from './key-sequence.ts'
import { shortcuts } from './shortcuts.ts'

const known = [...shortcuts.map(({ keys }) => keys), '?', '/']

type Dialogs = { open: FrameDialog | null; show: (which: FrameDialog | null) => void }

/**
 * Keys for the whole page. Ctrl or ⌘ with K always works; those of a single letter never while something else takes the
 * keys (a field, a menu, a terminal), and not at all where they are turned off (WCAG 2.1.4).
 */
export function useShortcuts({ open, show }: Dialogs): void {
  const lead = useLeading()
  const pending = useRef<Pending>(null)
  useEffect(() => {
    const onLetter = (event: KeyboardEvent) => {
      const pressed = pressKey(pending.current, event.key, { known, atMs: event.timeStamp })
      pending.current = pressed.pending
      if (pressed.match === '?') show('shortcuts')
      else if (pressed.match === '/') focusSearch(event)
      else if (pressed.match !== null) lead(pressed.match)
    }
    const onKey = (event: KeyboardEvent) => {
      if (isFree(event) && readStored('letters', true)) return onLetter(event)
      if (!isPaletteKey(event)) return
      event.preventDefault()
      show(open === 'palette' ? null : 'palette')
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [open, show, lead])
}

/** To the page of the app or the team that is looked at; nowhere, where there is none such. */
function useLeading(): (keys: string) => void {
  const router = useRouter()
  const path = usePathname()
  const { team, teams } = usePlace()
  return (keys) => {
    const shortcut = shortcuts.find((one) => one.keys === keys)
    const [, level, name] = path.split('/')
    if (shortcut?.level === 'app' && level === 'apps' && name !== 'new')
      router.push(`/apps/${name}${shortcut.path}`)
    if (shortcut?.level !== 'team' || team === null) return
    const tab = tabsFor(team, teams).find((one) => one.path === shortcut.path)
    if (tab !== undefined) router.push(tabHref(tab, teamPath(team, teams)))
  }
}

function isPaletteKey({ key, metaKey, ctrlKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === 'k' && metaKey !== ctrlKey && !altKey && !shiftKey
}

const takesKeys =
  'input, textarea, select, [contenteditable=true], [role=menu], [role=listbox], [role=combobox], [role=dialog], [role=alertdialog], [data-takes-keys]'

/** A key of its own, that nothing else takes. */
function isFree({ target, metaKey, ctrlKey, altKey, isComposing, defaultPrevented }: KeyboardEvent): boolean {
  if (metaKey || ctrlKey || altKey || isComposing || defaultPrevented) return false
  return !(target instanceof Element && target.closest(takesKeys) !== null)
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]')
  if (field === null) return
  event.preventDefault()
  field.focus()
  field.select()
}
