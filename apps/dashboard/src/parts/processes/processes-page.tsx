'use client'

import { EmptyState, Notice, Said, type SaidText } from '@berth/ui'
import { useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { useLive } from '../../live/use-live.ts'
import { useApp } from '../app-frame.tsx'
import { PostMortem } from '../crashes/post-mortem.tsx'
import { LostNotice } from '../lost-notice.tsx'
import { PushInstructions } from '../push-instructions.tsx'
import { DeathList } from './death-list.tsx'
import { type Now, readNow, typesOf } from './now.ts'
import { OneOffList } from './one-off-list.tsx'
import { ProcessNav } from './process-nav.tsx'
import { ProcessType } from './process-type.tsx'
import { RestartApp } from './restart-app.tsx'
import { StopApp } from './stop-app.tsx'

/** What runs, how much of it, and what it may use; what ended badly; what runs beside it. */
export function ProcessesPage({ app, initial }: { app: string; initial: Now }) {
  const { value: shown, readNow: readApp } = useApp()
  const {
    value: now,
    lost,
    readNow: readAgain,
  } = useLive(initial, () => readNow(app, initial.bounds), {
    app,
    everyMs: 3_000,
  })
  const [said, setSaid] = useState<SaidText | null>(null)
  const address = useAddress()
  const tell = (text: SaidText) => {
    setSaid(text)
    readAgain()
    readApp()
  }
  const types = typesOf(now)
  return (
    <>
      <div>
        <div className="flex flex-wrap items-center justify-between gap-4">
          <ProcessNav app={app} />
          {types.length > 0 && <RestartApp app={app} onSaid={tell} />}
        </div>
        <Said said={said} onRead={() => setSaid(null)} className="mt-5" />
      </div>
      <LostNotice lost={lost} />
      {shown.stoppedAt !== null && <StoppedNotice />}
      {now.instances === null && (
        <Notice tone="warn" title="The worker does not answer, so what runs is not known.">
          Running apps are not affected. It is asked again every few seconds.
        </Notice>
      )}
      {types.length === 0 && (
        <EmptyState title="Nothing deployed yet, so there are no process types. Push a repository:">
          <PushInstructions remotes={shown.remotes} />
        </EmptyState>
      )}
      {types.map((type) => (
        <ProcessType
          key={type.process.type}
          {...{ app, type, types, bounds: now.bounds, deaths: now.deaths }}
          isKnown={now.instances !== null}
          isOpen={address.get('scale') === type.process.type}
          onOpen={(open) => address.set('scale', open ? type.process.type : null)}
          onDeath={(id) => address.set('death', id)}
          onSaid={tell}
        />
      ))}
      {types.length > 0 && <OneOffList app={app} oneOffs={now.oneOffs} onSaid={tell} />}
      <DeathList deaths={now.deaths} onOpen={(id) => address.set('death', id)} />
      {types.length > 0 && <StopApp app={app} onSaid={tell} />}
      <PostMortem
        app={app}
        id={address.get('death')}
        known={now.deaths}
        onClose={() => address.set('death', null)}
      />
    </>
  )
}

function StoppedNotice() {
  return (
    <Notice tone="accent" title="This app is stopped.">
      Nothing of it runs, and its jobs rest. What is changed here counts when it is started.
    </Notice>
  )
}

/** What one looks at stands in the address, and the way back leads out of it. The page is there already: nothing is loaded. */
function useAddress() {
  const search = useSearchParams()
  return {
    get: (name: string) => search.get(name),
    set(name: string, value: string | null) {
      const next = new URLSearchParams(search)
      if (value === null) next.delete(name)
      else next.set(name, value)
      const query = next.toString()
      history.pushState(null, '', query === '' ? location.pathname : `${location.pathname}?${query}`)
    },
  }
}
