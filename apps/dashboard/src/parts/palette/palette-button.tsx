'use client'

import { KeyHint, SearchIcon, useHydrated } from '@berth/ui'
import { loadPalette, useFrameDialogs } from '../frame/frame-dialogs.tsx'

/** The palette for a pointer, and where one learns of its keys. */
export function PaletteButton() {
  const { show } = useFrameDialogs()
  return (
    <button
      type="button"
      disabled={!useHydrated()}
      onClick={() => show('palette')}
      onPointerEnter={loadPalette}
      onFocus={loadPalette}
      className="inline-flex h-8 items-center gap-2 rounded-md text-sm text-muted hover:bg-hover hover:text-text max-lg:w-8 max-lg:justify-center lg:w-52 lg:border lg:border-line-strong lg:pr-1.5 lg:pl-2.5"
    >
      <SearchIcon className="size-4 shrink-0" />
      <span className="flex-1 text-left max-lg:sr-only">Look up</span>
      <KeyHint keys="mod+k" className="max-lg:hidden" />
    </button>
  )
}
