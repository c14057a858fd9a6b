'use client'

import type { NoticeKind } from '@berth/observe'
import { CheckField, CheckGroup, ChoiceField } from '@berth/ui'
import { allKinds, noticeWords } from './notice-words.ts'

/** What is told, and of which apps; none chosen: every app, those to come among them. */
export type ToldOf = { kinds: NoticeKind[]; apps: string[]; every: boolean }

type ToldFieldsProps = {
  told: ToldOf
  onChange: (told: ToldOf) => void
  apps: string[]
  /** The disk is the machine's, which not everybody may look at. */
  mayTellDisk: boolean
}

export function ToldFields({ told, onChange, apps, mayTellDisk }: ToldFieldsProps) {
  const { kinds, every } = told
  const offered = allKinds.filter((kind) => kind !== 'disk-filling' || mayTellDisk || kinds.includes(kind))
  return (
    <>
      <CheckGroup label="Tell of">
        {offered.map((kind) => (
          <CheckField
            key={kind}
            label={noticeWords[kind].long}
            checked={kinds.includes(kind)}
            onChange={() => onChange({ ...told, kinds: toggled(kinds, kind) })}
          />
        ))}
      </CheckGroup>
      <ChoiceField
        label="Of which apps"
        value={every ? 'every' : 'some'}
        options={[
          { value: 'every', words: 'Every app of the team', hint: 'Those to come among them.' },
          { value: 'some', words: 'These alone' },
        ]}
        onChange={(chosen) => onChange({ ...told, every: chosen === 'every' })}
      />
      {!every && (
        <CheckGroup label="Apps">
          {[...new Set([...apps, ...told.apps])].map((app) => (
            <CheckField
              key={app}
              label={app}
              checked={told.apps.includes(app)}
              onChange={() => onChange({ ...told, apps: toggled(told.apps, app) })}
            />
          ))}
        </CheckGroup>
      )}
    </>
  )
}

/** Nothing to tell, or of nothing. */
export function isEmpty({ kinds, apps, every }: ToldOf): boolean {
  return kinds.length === 0 || (!every && apps.length === 0)
}

export function appsOf({ every, apps }: ToldOf): string[] {
  return every ? [] : apps
}

function toggled<Value>(chosen: readonly Value[], value: Value): Value[] {
  return chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]
}
