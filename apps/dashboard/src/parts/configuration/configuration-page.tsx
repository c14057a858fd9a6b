'use client'

import type { ConfigurationChanged, ConfigurationHistory, ConfigurationView } from '@berth/api'
import { Notice, RelativeTime } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useApp } from '../app-frame.tsx'
import { LostNotice } from '../lost-notice.tsx'
import { ConfigurationHistoryList } from './configuration-history-list.tsx'
import { DraftBar } from './draft-bar.tsx'
import { InBuilds } from './in-builds.tsx'
import { LeaveWarning } from './leave-warning.tsx'
import { OvertakenNotice } from './overtaken-notice.tsx'
import { SavedNotice } from './saved-notice.tsx'
import { SecretFiles } from './secret-files.tsx'
import { useDraft } from './use-draft.ts'
import { Variables } from './variables.tsx'

type ConfigurationPageProps = { initial: ConfigurationView; history: ConfigurationHistory }

/** What has the focus is never behind the draft's bar. */
const pageClass = 'flex flex-col gap-8 [&_:is(a,button,input,textarea)]:scroll-mb-28'

/** What an app is told: changes are gathered in a draft, looked over, and saved as one release. */
export function ConfigurationPage({ initial, history }: ConfigurationPageProps) {
  const { value: app } = useApp()
  const live = useLive(initial, () => trpc.configuration.list.query({ app: app.name }), { app: app.name })
  const held = useDraft(app.name, live.value)
  const [saved, setSaved] = useState<ConfigurationChanged | null>(null)
  const mayChange = app.can.includes('app.configuration.change')
  const onSaved = (changed: ConfigurationChanged) => {
    setSaved(changed)
    live.readNow()
  }
  return (
    <div className={pageClass}>
      <LostNotice lost={live.lost} />
      {app.lock && mayChange && (
        <Notice tone="warn" title={`${app.name} is locked${app.lock.by ? ` by ${app.lock.by}` : ''}`}>
          {app.lock.reason && `${app.lock.reason} `}(since <RelativeTime at={app.lock.at} />
          ). Changes can be drafted here, and saved once it is unlocked.
        </Notice>
      )}
      {saved && held.isEmpty && <SavedNotice saved={saved} onClose={() => setSaved(null)} />}
      {held.isOvertaken && <OvertakenNotice held={held} now={live.value} />}
      <Variables view={live.value} held={held} />
      <SecretFiles view={live.value} held={held} mayChange={mayChange} />
      <InBuilds />
      <ConfigurationHistoryList app={app.name} initial={history} />
      {!held.isEmpty && <DraftBar held={held} now={live.value} onSaved={onSaved} readNow={live.readNow} />}
      <LeaveWarning isDirty={!held.isEmpty} onLeave={held.discard} />
    </div>
  )
}
