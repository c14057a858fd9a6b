'use client'

import { Button, CheckField, Notice, Section, SelectField } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { FailureNotice } from '../failure-notice.tsx'
import { hstsAges, sayAge } from './hsts-ages.ts'
import type { HeldRouting } from './use-routing.ts'

type HstsProps = { routing: HeldRouting; mayChange: boolean }

/** Strict-Transport-Security: easily turned on, and hardly taken back. The words come before the button. */
export function Hsts({ routing, mayChange }: HstsProps) {
  const now = routing.value.hsts
  const [age, setAge] = useState(String(now?.maxAgeSeconds ?? 0))
  const [below, setBelow] = useState(now?.includeSubdomains ?? false)
  const [preload, setPreload] = useState(now?.preload ?? false)
  const seconds = Number(age)
  const wanted =
    seconds === 0 ? null : { maxAgeSeconds: seconds, includeSubdomains: below, preload: below && preload }
  const isSame = JSON.stringify(wanted) === JSON.stringify(now)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    return routing.set({ hsts: wanted })
  }
  return (
    <Section
      title="HTTPS alone (HSTS)"
      description={
        now
          ? `Browsers that were here come back by https alone, for ${sayAge(now.maxAgeSeconds)} after each visit.`
          : 'Tell browsers that were here once to come back by https alone.'
      }
    >
      {mayChange && (
        <form onSubmit={submit} className="flex max-w-xl flex-col gap-4">
          <SelectField
            label="Browsers remember it for"
            value={age}
            options={[
              { value: '0', words: 'Off' },
              ...hstsAges(now?.maxAgeSeconds).map((each) => ({ value: String(each), words: sayAge(each) })),
            ]}
            onChange={setAge}
          />
          {seconds > 0 && (
            <>
              <CheckField
                label="For every name below, too"
                hint="Also for names that other machines serve. All of them need https then."
                checked={below}
                onChange={(event) => setBelow(event.target.checked)}
              />
              <CheckField
                label="Allow the browsers’ own list (preload)"
                hint="Browsers may refuse http before the first visit. Getting off that list takes months."
                checked={below && preload}
                disabled={!below}
                onChange={(event) => setPreload(event.target.checked)}
              />
            </>
          )}
          {!isSame && wanted && (
            <Notice tone="warn" title="This cannot be called back from browsers that have heard it">
              Until the time is over, such a browser opens these names with a valid certificate or not at all:
              if certificates fail, visitors are locked out. Begin with a day.
            </Notice>
          )}
          {!isSame && !wanted && (
            <Notice tone="warn" title="Browsers forget it on their next visit">
              Keep https working until then, {now && sayAge(now.maxAgeSeconds)} at the longest.
            </Notice>
          )}
          {routing.failure && <FailureNotice failure={routing.failure} />}
          <div className="flex items-center gap-3">
            <Button type="submit" look="primary" disabled={isSame} busy={routing.busy}>
              {wanted ? 'Save' : 'Turn it off'}
            </Button>
            <span className="text-sm text-muted">In effect within seconds; nothing restarts.</span>
          </div>
        </form>
      )}
    </Section>
  )
}
