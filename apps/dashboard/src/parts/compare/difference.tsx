import type { Changed, ReleaseDifference } from '@berth/api'
import { Card, Disclosure, sayNumber } from '@berth/ui'
import type { ReactNode } from 'react'
import { isSame } from './is-same.ts'
import { sayLimits } from './say-limits.ts'
import { Sign } from './sign.tsx'

/** All that lies between two releases, by names: values of variables are in none of it. */
export function Difference({ difference }: { difference: ReleaseDifference }) {
  const { variables, secretFiles, processes, limits, healthchecks, cron } = difference
  if (isSame(difference))
    return (
      <Card className="px-5 py-4">
        <p className="font-medium">Nothing differs</p>
        <p className="text-muted">The same image, configuration, process types, checks and limits.</p>
      </Card>
    )
  return (
    <div className="flex flex-col gap-6">
      <Code difference={difference} />
      <Lines title="Variables" lines={nameLines(variables)} />
      <Lines title="Secret files" lines={nameLines(secretFiles)} />
      <Lines
        title="Process types and tasks"
        lines={processes.map((change) => changeLine(change, sayCommand))}
      />
      <Lines title="Limits" lines={limits.map((change) => changeLine(change, sayLimits))} />
      <Lines
        title="Checks and schedule"
        lines={[
          ...(healthchecks ? [line('changed', 'Health checks', 'they are others')] : []),
          ...(cron ? [line('changed', 'Cron schedule', 'it is another')] : []),
        ]}
      />
    </div>
  )
}

type Line = { kind: 'added' | 'removed' | 'changed'; name: string; more: ReactNode }

const line = (kind: Line['kind'], name: string, more: ReactNode = null): Line => ({ kind, name, more })

function nameLines({ added, removed, changed }: ReleaseDifference['variables']): Line[] {
  return [
    ...added.map((name) => line('added', name)),
    ...removed.map((name) => line('removed', name)),
    ...changed.map((name) => line('changed', name, 'another value')),
  ]
}

function changeLine<Value>(change: Changed<Value>, say: (value: Value) => ReactNode): Line {
  const { name, before, after } = change
  if (before === null) return line('added', name, after === null ? null : say(after))
  if (after === null) return line('removed', name, say(before))
  return line(
    'changed',
    name,
    <>
      {say(before)} <span aria-hidden="true">→</span> <span className="sr-only">becomes</span> {say(after)}
    </>,
  )
}

const sayCommand = (command: string) => <code className="text-sm break-all">{command}</code>

function Titled({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <div className="flex items-baseline justify-between gap-4">
        <h3 className="text-sm font-semibold">{title}</h3>
        <span className="text-sm text-muted tabular-nums">{aside}</span>
      </div>
      {children}
    </section>
  )
}

/** How many lines are shown before the rest is folded away. */
const mostShown = 12

function Lines({ title, lines }: { title: string; lines: readonly Line[] }) {
  if (lines.length === 0) return null
  return (
    <Titled title={title} aside={sayNumber(lines.length)}>
      <LineList label={title} lines={lines} />
    </Titled>
  )
}

function LineList({ label, lines }: { label: string; lines: readonly Line[] }) {
  const rest = lines.slice(mostShown)
  return (
    <Card className="py-1">
      <ul aria-label={label}>{lines.slice(0, mostShown).map(drawLine)}</ul>
      {rest.length > 0 && (
        <div className="border-t border-line px-4 py-2">
          <Disclosure summary={`${sayNumber(rest.length)} more`}>
            <section
              aria-label={`${label}: the rest`}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
              tabIndex={0}
              className="-mx-4 max-h-96 overflow-y-auto"
            >
              <ul>{rest.map(drawLine)}</ul>
            </section>
          </Disclosure>
        </div>
      )}
    </Card>
  )
}

function drawLine({ kind, name, more }: Line) {
  return (
    <li
      key={`${kind} ${name}`}
      className="flex items-baseline gap-3 px-4 py-1 [content-visibility:auto] [contain-intrinsic-height:1.875rem]"
    >
      <Sign kind={kind} />
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
        <code className="text-sm break-all">{name}</code>
        {more && <span className="text-sm text-muted">{more}</span>}
      </span>
    </li>
  )
}

function Code({ difference: { commits, files, sameImage } }: { difference: ReleaseDifference }) {
  if (sameImage) return null
  return (
    <>
      <Commits commits={commits} />
      <Files files={files} />
    </>
  )
}

function Commits({ commits }: Pick<ReleaseDifference, 'commits'>) {
  if (commits === null)
    return (
      <Titled title="Commits">
        <Unknown>One of the two was not built from a commit of this repository that is still here.</Unknown>
      </Titled>
    )
  const lines = [
    ...commits.added.map((commit) => ({ kind: 'added' as const, ...commit })),
    ...commits.removed.map((commit) => ({ kind: 'removed' as const, ...commit })),
  ].map(({ kind, commit, subject, author }) => line(kind, commit.slice(0, 7), `${subject} · ${author}`))
  return <Lines title="Commits" lines={lines} />
}

function Files({ files }: Pick<ReleaseDifference, 'files'>) {
  if (files === null)
    return (
      <Titled title="Files in the image">
        <Unknown>One of the two images is no longer here, or the worker does not answer.</Unknown>
      </Titled>
    )
  const { added, changed, removed } = files.totals
  const all = added + changed + removed
  const totals = `${sayNumber(added)} added, ${sayNumber(changed)} changed, ${sayNumber(removed)} removed`
  const isCut = files.changes.length < all
  return (
    <Titled title="Files in the image" aside={totals}>
      <LineList
        label="Files in the image"
        lines={files.changes.map(({ change, path }) => line(change, path))}
      />
      {isCut && (
        <p className="text-sm text-muted">
          The first {sayNumber(files.changes.length)} of {sayNumber(all)} are listed.
        </p>
      )}
    </Titled>
  )
}

function Unknown({ children }: { children: ReactNode }) {
  return (
    <p className="rounded-md border border-dashed border-line-strong px-4 py-3 text-sm text-muted">
      {children}
    </p>
  )
}
