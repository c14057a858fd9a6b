'use client'

import type { ReleaseView } from '@berth/api'
import { Select } from '@berth/ui'
import { firstLine } from '../first-line.ts'

type ReleaseChoiceProps = {
  label: string
  releases: readonly ReleaseView[]
  version: number
  onChoose: (version: number) => void
}

/** One of an app's releases, the newest first. */
export function ReleaseChoice({ label, releases, version, onChoose }: ReleaseChoiceProps) {
  return (
    <Select
      label={label}
      value={String(version)}
      options={releases.map((release) => ({
        value: String(release.version),
        words: `v${release.version}${release.isLive ? ', live' : ''}`,
        hint: firstLine(release.reason).slice(0, 60),
      }))}
      onChange={(chosen) => onChoose(Number(chosen))}
    />
  )
}
