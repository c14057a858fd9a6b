'use client'

import type { SessionView } from '@berth/api'
import { Button, Item, ItemList, RelativeTime, Said, type SaidText, Section, StateMark } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { sayBrowser } from '../activity/say-door.ts'
import { ConfirmChange } from '../confirm-change.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { LostNotice } from '../lost-notice.tsx'

/** Where one is signed in with a browser; this one first. */
export function Sessions({ initial }: { initial: SessionView[] }) {
  const { value, lost, readNow } = useLive(initial, () => trpc.people.sessions.list.query(), { app: null })
  const [asking, setAsking] = useState(false)
  const [said, setSaid] = useState<SaidText | null>(null)
  const sessions = [...value].sort((one, other) => Number(other.current) - Number(one.current))
  const sayEnded = ({ ended }: { ended: number }) => {
    setSaid({ title: ended === 1 ? 'One other session has ended.' : `${ended} other sessions have ended.` })
    readNow()
  }
  return (
    <Section
      title="Sessions"
      description="Browsers in which you are signed in. The command line has a token instead."
      action={
        sessions.length > 1 && (
          <Button size="small" look="danger" onClick={() => setAsking(true)}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      <LostNotice lost={lost} />
      <Said said={said} onRead={() => setSaid(null)} />
      <ItemList label="Sessions">
        {sessions.map((session) => (
          <SessionItem key={session.id} session={session} onEnded={readNow} />
        ))}
      </ItemList>
      {asking && (
        <ConfirmChange
          title="Sign out everywhere else"
          description="Every other browser asks for the password again. This one stays."
          action="Sign out the others"
          keep="Leave them"
          change={() => trpc.people.sessions.revokeOthers.mutate()}
          onDone={sayEnded}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  )
}

const revoke = (id: string) => trpc.people.sessions.revoke.mutate({ id }).then(() => true)

function SessionItem({ session, onEnded }: { session: SessionView; onEnded: () => void }) {
  const { run, busy, failure } = useMutation(revoke)
  const browser = sayBrowser(session.userAgent) ?? 'A browser'
  return (
    <Item
      title={browser}
      mark={session.current && <StateMark shape="circle" tone="good" word="This one" />}
      action={
        !session.current && (
          <Button
            size="small"
            look="danger"
            busy={busy}
            onClick={async () => (await run(session.id)) && onEnded()}
          >
            Sign out<span className="sr-only"> {browser}</span>
          </Button>
        )
      }
    >
      <span>
        {session.address ?? 'Address not known'} · signed in {sayMethod(session.method)}{' '}
        <RelativeTime at={session.createdAt} />
      </span>
      {!session.current && <LastUsed at={session.lastUsedAt} />}
      {failure && <FailureNotice failure={failure} className="mt-2" />}
    </Item>
  )
}

const dayMs = 24 * 60 * 60_000

/** It is noted once a day. */
function LastUsed({ at }: { at: string }) {
  if (Date.now() - Date.parse(at) < dayMs) return <span>Used within the last day</span>
  return (
    <span>
      Last used <RelativeTime at={at} />
    </span>
  )
}

/** The ways that are ours by name; any other is a provider's. */
function sayMethod(method: string | null): string {
  if (method === null) return ''
  const known: Record<string, string> = {
    password: 'with the password',
    passkey: 'with a passkey',
    link: 'by a link from the machine',
    invitation: 'by an invitation',
  }
  return Object.hasOwn(known, method) ? (known[method] ?? '') : 'by single sign-on'
}
