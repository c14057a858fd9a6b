'use client'

import type { InstanceView } from '@berth/observe'
import { Button, CopyIcon, Notice, Terminal, type TerminalPort } from '@berth/ui'
import { useCallback, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useTerminalSession } from '../../live/use-terminal-session.ts'
import { useApp } from '../app-frame.tsx'
import { AsCommand } from '../as-command.tsx'
import { ConsoleStart } from './console-start.tsx'
import { asCommand, ownPlace, type Place, sessionOf } from './session-of.ts'
import { SessionOver } from './session-over.tsx'
import { SessionTitle } from './session-title.tsx'

type ConsoleProps = { app: string; place: Place | null; initial: InstanceView[] | null }

/** A terminal into an instance, or into one of its own. An address with an instance opens its shell; no address runs a command. */
export function ConsolePage({ app, place, initial }: ConsoleProps) {
  const { value: shown } = useApp()
  const may = shown.can.includes('app.console')
  const { value: instances } = useLive(initial, () => trpc.instances.list.query({ app }), {
    app,
    everyMs: 5_000,
    enabled: may,
  })
  if (!may) {
    return (
      <Notice tone="accent" title="Your role looks at this app, and runs nothing in it.">
        A terminal needs the role of a developer. Ask an owner or an admin of the team.
      </Notice>
    )
  }
  if (shown.live === null) {
    return (
      <Notice tone="accent" title="Nothing of this app is live yet.">
        There is nothing to open a terminal in. Push it first.
      </Notice>
    )
  }
  return <Console {...{ app, place, instances }} />
}

type Wish = { place: Place; command: string }

function Console({
  app,
  place,
  instances,
}: Omit<ConsoleProps, 'initial'> & { instances: InstanceView[] | null }) {
  const { state, port, session, open, leave } = useTerminalSession(app)
  const running = (instances ?? []).filter((one) => one.state === 'running').map(({ name }) => name)
  const [wish, setWish] = useState<Wish>({ place: place ?? running[0] ?? ownPlace, command: '' })

  const start = useCallback(
    (wanted: Wish) => open((size) => sessionOf(wanted.place, wanted.command, size)),
    [open],
  )
  const onPort = useCallback(
    (opened: TerminalPort | null) => {
      port.current = opened
      // What somebody else wrote into an address opens a shell at the most: it runs nothing.
      if (opened && place !== null && place !== ownPlace) start({ place, command: '' })
    },
    [port, place, start],
  )
  const isOver = state.kind === 'over' || state.kind === 'none'
  return (
    <div className="flex flex-col gap-4">
      <ConsoleStart
        {...{ wish, running, busy: !isOver }}
        onWish={setWish}
        onStart={() => {
          keepInAddress(wish.place)
          start(wish)
        }}
      />
      <Terminal
        label={`Terminal of ${app}`}
        onPort={onPort}
        onInput={(bytes) => session.current?.input(bytes)}
        onResize={(size) => session.current?.resize(size)}
        title={<SessionTitle state={state} place={wish.place} />}
        actions={<Actions port={port} onClose={isOver ? null : leave} />}
        className="h-[max(20rem,calc(100dvh-27rem))]"
      >
        {state.kind === 'over' && <SessionOver end={state.end} onAgain={() => start(wish)} />}
      </Terminal>
      <p className="text-sm text-muted">
        Who opened a terminal, and where, is in the activity of the team; what is typed in it is not. It ends
        with this page.
      </p>
      <AsCommand commands={[asCommand(app, wish.place, wish.command)]} />
    </div>
  )
}

type ActionsProps = { port: { current: TerminalPort | null }; onClose: (() => void) | null }

function Actions({ port, onClose }: ActionsProps) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard?.writeText(port.current?.text() ?? '')
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <>
      <Button size="small" look="quiet" onClick={copy}>
        <CopyIcon className="size-3.5" />
        <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
      </Button>
      <Button size="small" look="quiet" onClick={() => port.current?.clear()}>
        Clear
      </Button>
      {onClose && (
        <Button size="small" look="quiet" onClick={onClose}>
          End session
        </Button>
      )}
    </>
  )
}

/** The address says where, for a reload; never what was run. */
function keepInAddress(place: Place): void {
  history.replaceState(null, '', `${location.pathname}?in=${place}`)
}
