import {
  Badge,
  Button,
  Duration,
  EmptyState,
  KeyHint,
  Meter,
  Notice,
  RelativeTime,
  Said,
  type SaidText,
  Skeleton,
  SkeletonLine,
  SkeletonTable,
  StackedBar,
  StateMark,
  UntilTime,
} from '@berth/ui'
import { useState } from 'react'
import { appMarks } from '../marks.ts'
import { Line, Shown } from './shown.tsx'

/** Written out: Tailwind looks for whole names. */
const planes = [
  ['bg-canvas', 'canvas'],
  ['bg-surface', 'surface'],
  ['bg-sunken', 'sunken'],
  ['bg-hover', 'hover'],
  ['bg-line', 'line'],
  ['bg-line-strong', 'line-strong'],
  ['bg-accent', 'accent'],
  ['bg-accent-soft', 'accent-soft'],
  ['bg-good', 'good'],
  ['bg-good-soft', 'good-soft'],
  ['bg-warn', 'warn'],
  ['bg-warn-soft', 'warn-soft'],
  ['bg-bad', 'bad'],
  ['bg-bad-soft', 'bad-soft'],
] as const

export function Colours() {
  return (
    <>
      <Shown name="tokens.css">
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] gap-3">
          {planes.map(([look, name]) => (
            <li key={name} className="flex flex-col gap-1 text-xs text-muted">
              <span className={`h-8 rounded-sm border border-line ${look}`} />
              {name}
            </li>
          ))}
        </ul>
      </Shown>
      <Shown name="text-2xl … text-xs">
        <p className="text-2xl font-semibold tracking-tight">The tide comes in</p>
        <p className="text-xl font-semibold tracking-tight">A page’s title</p>
        <p className="text-lg">A dialog’s text</p>
        <p>Text as most of it is</p>
        <p className="text-sm text-muted">A hint below a field</p>
        <p className="font-mono text-xs">0O 1lI 8f3e2c1 · code</p>
      </Shown>
    </>
  )
}

const tones = ['grey', 'accent', 'good', 'warn', 'bad'] as const

export function Marks() {
  return (
    <>
      <Shown name="StateMark">
        <Line>
          {Object.entries(appMarks).map(([state, mark]) => (
            <StateMark key={state} {...mark} />
          ))}
          <StateMark shape="check" tone="grey" word="Superseded" quietWord />
          <StateMark shape="dot" tone="grey" word="Queued" />
        </Line>
      </Shown>
      <Shown name="Badge">
        <Line>
          {tones.map((tone) => (
            <Badge key={tone} tone={tone}>
              {tone}
            </Badge>
          ))}
        </Line>
      </Shown>
      <Shown name="KeyHint, RelativeTime, UntilTime, Duration">
        <Line>
          <KeyHint keys="mod+k" />
          <KeyHint keys="g a" />
          <RelativeTime at="2026-11-20T08:00:00.000Z" />
          <UntilTime at="2027-01-20T08:00:00.000Z" />
          <Duration from="2026-11-20T08:00:00.000Z" to="2026-11-20T08:01:04.000Z" />
        </Line>
      </Shown>
      <Shown name="StackedBar">
        <StackedBar
          label="Disk by use"
          whole={12}
          parts={[
            { name: 'Images', size: 5, words: '5 GB', tone: 'accent' },
            { name: 'Build cache', size: 3, words: '3 GB', tone: 'soft' },
            { name: 'Others', size: 1, words: '1 GB', tone: 'line' },
          ]}
        />
      </Shown>
      <Shown name="Meter">
        <Meter label="Memory" fraction={0.4} />
        <Meter label="Disk" fraction={0.93} />
      </Shown>
    </>
  )
}

export function Messages() {
  const [said, setSaid] = useState<SaidText | null>({ title: 'Saved.', more: 'web and worker restart.' })
  return (
    <>
      <Shown name="Notice">
        <Notice tone="good" title="tides is live." />
        <Notice tone="accent" title="v13 is being deployed." />
        <Notice tone="warn" title="Not connected">
          What you see was true when Berth answered last.
        </Notice>
        <Notice tone="bad" quiet title="The build was killed: out of memory at 2 GB.">
          Raise the limit, or build with fewer workers.
        </Notice>
      </Shown>
      <Shown name="Said">
        <Said said={said} onRead={() => setSaid(null)} />
        <div>
          <Button size="small" onClick={() => setSaid({ title: 'Saved once more.' })}>
            Say something
          </Button>
        </div>
      </Shown>
      <Shown name="EmptyState">
        <EmptyState title="No domains yet.">
          <p className="text-muted">Add one, and point it here.</p>
        </EmptyState>
      </Shown>
    </>
  )
}

export function Places() {
  return (
    <Shown name="SkeletonLine, Skeleton, SkeletonTable">
      <SkeletonLine size="xl" />
      <SkeletonLine className="w-72" />
      <Skeleton className="h-16 rounded-md" />
      <SkeletonTable rows={2} tall />
    </Shown>
  )
}
