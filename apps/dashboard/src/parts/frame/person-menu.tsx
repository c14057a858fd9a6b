'use client'

import {
  ChevronIcon,
  chooseTheme,
  chosenTheme,
  KeyHint,
  Menu,
  MenuChoice,
  MenuItem,
  MenuLabel,
  MenuLine,
  type Theme,
  themes,
  themeWords,
  useHydrated,
} from '@berth/ui'
import Link from 'next/link'
import { useState } from 'react'
import { signOut } from '../../live/sign-out.ts'
import { useFrameDialogs } from './frame-dialogs.tsx'
import { usePlace } from './place.tsx'

/** Who is signed in: their account, the look, the way out. */
export function PersonMenu() {
  const { me } = usePlace()
  const { show } = useFrameDialogs()
  const hydrated = useHydrated()
  return (
    <Menu
      align="end"
      className="w-60"
      trigger={
        <button
          type="button"
          disabled={!hydrated}
          className="inline-flex h-8 max-w-44 items-center gap-2 rounded-md px-1.5 text-sm font-medium text-muted hover:bg-hover hover:text-text data-[state=open]:bg-hover data-[state=open]:text-text"
        >
          <Initials name={me.name} />
          <span className="truncate max-md:sr-only">{me.name}</span>
          <ChevronIcon className="size-3 shrink-0 rotate-90 max-md:hidden" />
        </button>
      }
    >
      <div className="px-2.5 pt-1.5 pb-2">
        <p className="truncate font-medium">{me.name}</p>
        <p className="truncate text-sm text-muted">{me.email}</p>
      </div>
      <MenuLine />
      <MenuItem asChild>
        <Link href="/account">Account</Link>
      </MenuItem>
      <MenuLine />
      <Look />
      <MenuLine />
      <MenuItem onSelect={() => show('shortcuts')} className="max-sm:hidden">
        <span className="flex-1">Keyboard shortcuts</span>
        <KeyHint keys="?" />
      </MenuItem>
      <MenuItem onSelect={signOut}>Sign out</MenuItem>
    </Menu>
  )
}

function Look() {
  const [theme, setTheme] = useState<Theme>(chosenTheme)
  const choose = (chosen: Theme) => {
    setTheme(chosen)
    chooseTheme(chosen)
  }
  const options = themes.map((value) => ({ value, words: themeWords[value] }))
  return (
    <>
      <MenuLabel>Look</MenuLabel>
      <MenuChoice label="Look" value={theme} options={options} onChange={choose} />
    </>
  )
}

function Initials({ name }: { name: string }) {
  const words = name.split(/\s+/).filter(Boolean)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0])
  return (
    <span
      aria-hidden="true"
      className="inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase"
    >
      {letters.join('')}
    </span>
  )
}
