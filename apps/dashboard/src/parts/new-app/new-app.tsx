'use client'

import type { AppDetail } from '@berth/api'
import { SegmentedControl } from '@berth/ui'
import { useState } from 'react'
import { useQuery } from '../../live/use-query.ts'
import { NameAndSource } from './name-and-source.tsx'
import { PushIt } from './push-it.tsx'

export type TeamChoice = { id: string; name: string }

type NewAppProps = {
  /** What stands behind an app's name in its address. */
  ending: string
  /** Those in which the person may make apps. */
  teams: readonly TeamChoice[]
  /** An app that is there already, and waits for its first deployment. */
  existing: AppDetail | null
  hasKey: boolean
}

const ways = [
  { value: 'push', words: 'Push' },
  { value: 'image', words: 'Image' },
  { value: 'git', words: 'Git URL' },
] as const
export type Way = (typeof ways)[number]['value']

const usual = { from: 'push', team: '' }

/** Where it comes from, its name, and then the first deployment: the same page goes on. */
export function NewApp({ ending, teams, existing, hasKey }: NewAppProps) {
  const [query, change] = useQuery(usual)
  const [made, setMade] = useState(existing)
  const way = ways.find(({ value }) => value === query.from)?.value ?? 'push'
  const team = teams.find(({ id, name }) => query.team === id || query.team === name) ?? teams[0]
  return (
    <div className="flex max-w-2xl flex-col gap-6">
      <div className="flex flex-col gap-2">
        <SegmentedControl
          label="Deploy from"
          value={way}
          options={ways}
          onChange={(from) => change({ from })}
          className="w-fit"
        />
        <p className="text-sm text-muted">{told[way]}</p>
      </div>
      {made && way === 'push' ? (
        <PushIt app={made} hasKey={hasKey} />
      ) : (
        <NameAndSource
          key={way}
          way={way}
          ending={ending}
          teams={teams}
          team={team?.id ?? ''}
          onTeam={(id) => change({ team: id })}
          made={made}
          onMade={setMade}
        />
      )}
    </div>
  )
}

const told: Record<Way, string> = {
  push: 'A repository of yours with a Dockerfile. Every push to it builds and deploys.',
  image: 'An image of a registry, or one that is here already. Nothing is built.',
  git: 'A repository that Berth can read over HTTPS. It is built once; push or deploy again for what comes later.',
}
