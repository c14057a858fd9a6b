import { LogLines, LogView, Plot, plotUnits, Sparkline } from '@berth/ui'
import * as icons from '@berth/ui/icons.tsx'
import { QrCode } from '@berth/ui/qr-code.tsx'
import { useState } from 'react'
import { Line, Shown } from './shown.tsx'

const from = Date.UTC(2026, 10, 22, 8)
const times = { from, stepMs: 60_000, count: 60 }
/** A tide, with a gap. */
const values = Array.from({ length: 60 }, (_, at) => (at > 40 && at < 45 ? null : 40 + 30 * Math.sin(at / 8)))

export function Drawings() {
  const [lines] = useState(someLines)
  return (
    <>
      <Shown name="Sparkline">
        <Line>
          <Sparkline label="Requests of the last hour" values={values} />
          <Sparkline label="Errors of the last hour" values={values} tone="bad" marks={[0.5]} />
        </Line>
      </Shown>
      <Shown name="Plot">
        <Plot
          label="Requests"
          times={times}
          unit={plotUnits.perSecond}
          series={[{ label: 'all', values, tone: 'accent' }]}
          marks={[{ at: from + 20 * 60_000, label: 'v13' }]}
        />
      </Shown>
      <Shown name="QrCode">
        <QrCode label="An address" text="https://berth.example/welcome" />
      </Shown>
      <Shown name="LogView">
        <LogView label="Log" lines={lines} empty="Nothing was written yet." live={false} className="h-56" />
      </Shown>
    </>
  )
}

function someLines(): LogLines {
  const lines = new LogLines()
  const texts = [
    'Server listening on 0.0.0.0:5000',
    'GET / \u001b[32m200\u001b[0m 4 ms',
    'POST /cart \u001b[31m500\u001b[0m 12 ms',
  ]
  lines.append(
    texts.map((text, at) => ({ number: at + 1, text, source: 'web.1', tone: at === 2 ? 'bad' : undefined })),
  )
  return lines
}

export function Icons() {
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] gap-4">
      {Object.entries(icons).map(([name, Icon]) => (
        <li key={name} className="flex flex-col items-start gap-1 text-xs text-muted">
          <Icon className="size-5 text-text" />
          {name.slice(0, -'Icon'.length)}
        </li>
      ))}
    </ul>
  )
}
