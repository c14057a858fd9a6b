'use client'

import type { AppName } from '@berth/api'
import { chooseTheme } from '@berth/ui'
import { CommandMenu } from '@berth/ui/command-menu.tsx'
import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useMemo, useState } from 'react'
import { signOut } from '../../live/sign-out.ts'
import { useStored } from '../../live/stored.ts'
import { trpc } from '../../live/trpc.ts'
import { useFrameDialogs } from '../frame/frame-dialogs.tsx'
import { usePlace } from '../frame/place.tsx'
import { decoded } from '../frame/team-path.ts'
import { type PaletteAct, type PaletteEntry, type PaletteGroup, paletteGroups } from './palette-entries.ts'
import { rank } from './rank.ts'
import { noRecents } from './recents.ts'

/** More apps than this are found by typing. */
const appsShown = 8
const found = 40

type Props = { open: boolean; onOpenChange: (open: boolean) => void }

/** Any app, page or action, by its name. */
export function Palette({ open, onOpenChange }: Props) {
  const [search, setSearch] = useState('')
  const { groups, failed } = useGroups(open)
  const act = useAct()
  const close = (is: boolean) => {
    onOpenChange(is)
    if (!is) setSearch('')
  }
  const choose = ({ does }: PaletteEntry) => {
    close(false)
    act(does)
  }
  return (
    <CommandMenu
      open={open}
      onOpenChange={close}
      label="Look up an app, a page or an action"
      search={search}
      onSearch={setSearch}
      groups={narrow(groups, search)}
      onChoose={choose}
      empty={failed ? 'The apps cannot be read at the moment.' : `Nothing is called “${search}”.`}
    />
  )
}

function narrow(groups: PaletteGroup[], search: string): PaletteGroup[] {
  if (search.trim() === '')
    return groups.map((group) =>
      group.title === 'Apps' ? { ...group, entries: group.entries.slice(0, appsShown) } : group,
    )
  const entries = rank(groups.filter(({ title }) => title !== 'Recent').flatMap(named), search, found)
  return entries.length === 0 ? [] : [{ title: 'Found', entries }]
}

/** Out of its group an entry says whose it is: both an app and a team have settings. */
function named({ of, entries }: PaletteGroup): PaletteEntry[] {
  return of === undefined ? entries : entries.map((entry) => ({ aside: of, ...entry }))
}

/** What was read last is there at once; what is newer follows. */
let known: AppName[] = []

function useGroups(open: boolean): { groups: PaletteGroup[]; failed: boolean } {
  const path = usePathname()
  const { teams, team } = usePlace()
  const recents = useStored('recent', noRecents)
  const [apps, setApps] = useState(known)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    if (!open) return
    trpc.apps.names.query().then(
      (names) => {
        known = names
        setApps(names)
        setFailed(false)
      },
      () => setFailed(true),
    )
  }, [open])
  const groups = useMemo(() => {
    const [, level, name = ''] = path.split('/')
    const app = level === 'apps' && name !== 'new' && name !== '' ? decoded(name) : null
    return paletteGroups({ teams, team, apps, app, path, recents })
  }, [teams, team, apps, path, recents])
  return { groups, failed }
}

function useAct(): (does: PaletteEntry['does']) => void {
  const router = useRouter()
  const { show } = useFrameDialogs()
  return (does) => {
    if ('href' in does) return router.push(does.href)
    if ('outside' in does) return void window.open(does.outside, '_blank', 'noopener,noreferrer')
    return actOn(does.act, show)
  }
}

function actOn(act: PaletteAct, show: ReturnType<typeof useFrameDialogs>['show']): void {
  if (act === 'sign-out') signOut()
  else if (act === 'new-team' || act === 'shortcuts') show(act)
  else chooseTheme(act)
}
