'use client'

import { ChevronIcon, RelativeTime, StateMark, sayExactly } from '@berth/ui'
import type { ReactNode } from 'react'
import { auditMarks } from './audit-marks.ts'
import { differencesIn } from './differences-in.ts'
import type { Entry } from './entry.ts'
import { sayActivity, sayWho } from './say-activity.ts'
import { doorWords, sayBrowser } from './say-door.ts'

type ActivityEntryProps = {
  entry: Entry
  /** Without who it was: where all of it is one person's. */
  own?: boolean
}

/** One sentence; what stands behind it is folded. */
export function ActivityEntry({ entry, own }: ActivityEntryProps) {
  return (
    <li>
      <details className="group">
        <summary className="flex list-none items-start gap-3 px-4 py-3 hover:bg-hover focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
          <ChevronIcon className="mt-[5px] size-3 shrink-0 text-faint transition-transform group-open:rotate-90" />
          <span className="flex min-w-0 flex-1 flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
            <span className="flex min-w-0 flex-wrap items-baseline gap-x-2.5 gap-y-1">
              <Sentence entry={entry} own={own} />
              {entry.outcome !== 'done' && <StateMark {...auditMarks[entry.outcome]} />}
            </span>
            <span className="text-sm text-muted">
              <RelativeTime at={entry.at} />
            </span>
          </span>
        </summary>
        <Details entry={entry} />
      </details>
    </li>
  )
}

function Sentence({ entry, own }: ActivityEntryProps) {
  const words = sayActivity(entry)
  const [first, ...rest] = words
  return (
    <span className="min-w-0 break-words text-muted">
      {!own && <span className="font-medium text-text">{sayWho(entry.who)} </span>}
      {own && typeof first === 'string' ? capital(first) : typeof first === 'string' ? first : first?.name}
      {rest.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: words of a sentence that does not change.
        <span key={index}>
          {' '}
          {typeof word === 'string' ? word : <span className="font-medium text-text">{word.name}</span>}
        </span>
      ))}
    </span>
  )
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}

function Details({ entry }: { entry: Entry }) {
  const differences = differencesIn(entry)
  const browser = sayBrowser(entry.userAgent)
  return (
    <div className="flex flex-col gap-4 pr-4 pb-4 pl-10 text-sm">
      <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[7rem_minmax(0,1fr)]">
        <Fact name="When">{sayExactly(Date.parse(entry.at))}</Fact>
        <Fact name="Who">
          {entry.who}
          {entry.by !== null && `, by ${entry.by}`}
        </Fact>
        <Fact name="From">{[doorWords[entry.door], entry.address, browser].filter(Boolean).join(' · ')}</Fact>
        {entry.error !== null && (
          <Fact name="Because of">
            <code>{entry.error}</code>
          </Fact>
        )}
        <Fact name="Recorded as">
          <code>{entry.action}</code>
        </Fact>
      </dl>
      {differences.length > 0 && <Differences of={differences} />}
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words max-sm:mb-1">{children}</dd>
    </>
  )
}

function Differences({ of }: { of: ReturnType<typeof differencesIn> }) {
  const hasBefore = of.some(({ before }) => before !== null)
  const hasAfter = of.some(({ after }) => after !== null)
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <table className="w-full table-fixed border-collapse text-left" aria-label="Before and after">
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            <th scope="col" className="px-3 py-1.5 font-medium">
              What
            </th>
            {hasBefore && (
              <th scope="col" className="px-3 py-1.5 font-medium">
                Before
              </th>
            )}
            {hasAfter && (
              <th scope="col" className="px-3 py-1.5 font-medium">
                After
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {of.map(({ name, before, after }) => (
            <tr key={name} className="border-b border-line align-top last:border-0">
              <td className="px-3 py-1.5 break-words text-muted">{name || '–'}</td>
              {hasBefore && <Value>{before}</Value>}
              {hasAfter && <Value>{after}</Value>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Value({ children }: { children: string | null }) {
  return (
    <td className="px-3 py-1.5">
      {children === null ? (
        <span className="text-faint">–</span>
      ) : (
        <code className="[overflow-wrap:anywhere]">{children}</code>
      )}
    </td>
  )
}
