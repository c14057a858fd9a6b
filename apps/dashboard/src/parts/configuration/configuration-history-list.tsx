'use client'

import type { ConfigurationHistory, ConfigurationHistoryEntry } from '@berth/api'
import { Button, Item, ItemList, RelativeTime, Section } from '@berth/ui'
import Link from 'next/link'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'

/** The newest releases at first, and as many as are looked through at all. */
const depth = { first: 20, whole: 100 }

export function ConfigurationHistoryList({ app, initial }: { app: string; initial: ConfigurationHistory }) {
  const [releases, setReleases] = useState(depth.first)
  const { value, readNow } = useLive(initial, () => trpc.configuration.history.query({ app, releases }), {
    app,
  })
  return (
    <Section
      title="History"
      description="Which release was told something else than the one before, by name."
    >
      {value.changes.length === 0 ? (
        <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">
          {value.more ? 'No change among the newest releases.' : 'No release with a change yet.'}
        </p>
      ) : (
        <ItemList label="History">
          {value.changes.map((entry) => (
            <Entry key={entry.version} app={app} entry={entry} />
          ))}
        </ItemList>
      )}
      {value.more && releases < depth.whole && (
        <div>
          <Button
            size="small"
            onClick={() => {
              setReleases(depth.whole)
              readNow()
            }}
          >
            Look further back
          </Button>
        </div>
      )}
    </Section>
  )
}

function Entry({ app, entry }: { app: string; entry: ConfigurationHistoryEntry }) {
  const { version, before, at, by, reason } = entry
  return (
    <Item
      title={`v${version}`}
      mark={
        <span className="text-sm text-muted">
          {by ?? 'Nobody that is known'} · <RelativeTime at={at} />
          {reason.startsWith('Roll back') && ` · ${reason}`}
        </span>
      }
      action={
        before !== null && (
          <Link
            href={`/apps/${app}/compare?from=${before}&to=${version}`}
            className="text-sm text-accent hover:underline"
            aria-label={`Compare v${before} with v${version}`}
          >
            Compare
          </Link>
        )
      }
    >
      <Names word="Added" names={[...entry.variables.added, ...entry.secretFiles.added]} />
      <Names word="Changed" names={[...entry.variables.changed, ...entry.secretFiles.changed]} />
      <Names word="Removed" names={[...entry.variables.removed, ...entry.secretFiles.removed]} />
    </Item>
  )
}

function Names({ word, names }: { word: string; names: string[] }) {
  if (names.length === 0) return null
  return (
    <p>
      {word}{' '}
      {names.map((name, at) => (
        <span key={name}>
          {at > 0 && ', '}
          <code className="text-xs break-all text-text">{name}</code>
        </span>
      ))}
    </p>
  )
}
