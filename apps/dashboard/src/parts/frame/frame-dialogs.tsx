'use client'

import dynamic from 'next/dynamic'
import { usePathname } from 'next/navigation'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { readStored, writeStored } from '../../live/stored.ts'
import { addRecent, noRecents } from '../palette/recents.ts'
import { useShortcuts } from '../palette/use-shortcuts.ts'

/** What opens over any page, from the bar, the palette or the keyboard. */
export type FrameDialog = 'palette' | 'shortcuts' | 'new-team'

type Dialogs = { open: FrameDialog | null; show: (which: FrameDialog | null) => void }
const DialogsContext = createContext<Dialogs>({ open: null, show: () => {} })

export const useFrameDialogs = () => useContext(DialogsContext)

export const loadPalette = () => import('../palette/palette.tsx')
const Palette = dynamic(async () => (await loadPalette()).Palette, { ssr: false })
const ShortcutList = dynamic(async () => (await import('../palette/shortcut-list.tsx')).ShortcutList, {
  ssr: false,
})
const NewTeam = dynamic(async () => (await import('./new-team.tsx')).NewTeam, { ssr: false })

/** Each is loaded when it is first asked for, and then stays, so that it opens in a frame. */
export function FrameDialogs({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<FrameDialog | null>(null)
  const [asked, setAsked] = useState<ReadonlySet<FrameDialog>>(new Set())
  const dialogs = useMemo(() => {
    const show = (which: FrameDialog | null) => {
      setOpen(which)
      if (which !== null) setAsked((before) => (before.has(which) ? before : new Set(before).add(which)))
    }
    return { open, show }
  }, [open])
  useShortcuts(dialogs)
  useRecents()
  const props = (which: FrameDialog) => ({
    open: open === which,
    onOpenChange: (is: boolean) => dialogs.show(is ? which : null),
  })
  return (
    <DialogsContext value={dialogs}>
      {children}
      {asked.has('palette') && <Palette {...props('palette')} />}
      {asked.has('shortcuts') && <ShortcutList {...props('shortcuts')} />}
      {asked.has('new-team') && <NewTeam {...props('new-team')} />}
    </DialogsContext>
  )
}

function useRecents(): void {
  const path = usePathname()
  useEffect(() => writeStored('recent', addRecent(readStored('recent', noRecents), path)), [path])
}
