import { memo } from 'react'
import { type AnsiSpan, type AnsiStyle, parseAnsi } from './ansi.ts'
import { type MarkedSpan, markHits } from './mark-hits.ts'

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

type AnsiTextProps = {
  text: string
  /** What was searched for: it is marked. */
  pattern?: RegExp | null
  /** So many characters of it at the most. */
  most?: number
}

/** One line with its colours, as spans of text: nothing in a log can become markup. */
export const AnsiText = memo(function AnsiText({ text, pattern, most }: AnsiTextProps) {
  const spans: (AnsiSpan | MarkedSpan)[] = parseAnsi(text, most)
  const marked = pattern ? markHits(spans, pattern) : spans
  return marked.map((span, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: spans of a line that never changes.
    <Span key={index} span={span} />
  ))
})

function Span({ span }: { span: AnsiSpan | MarkedSpan }) {
  const { style, text } = span
  const inside = 'isHit' in span && span.isHit ? <mark className={hitClass}>{text}</mark> : text
  const styled = style.color !== null || style.background !== null
  if (!styled && !style.bold && !style.dim && !style.italic && !style.underline) return inside
  return <span style={cssOf(style)}>{inside}</span>
}

const hitClass = 'rounded-[2px] bg-warn-soft text-warn outline-1 outline-warn/50'

function cssOf(style: AnsiStyle): React.CSSProperties {
  return {
    color: cssColor(style.color),
    backgroundColor: cssColor(style.background),
    fontWeight: style.bold ? 650 : undefined,
    opacity: style.dim ? 0.7 : undefined,
    fontStyle: style.italic ? 'italic' : undefined,
    textDecoration: style.underline ? 'underline' : undefined,
  }
}

function cssColor(color: number | string | null): string | undefined {
  if (color === null) return undefined
  return typeof color === 'number' ? `var(--ansi-${names[color % 8]})` : color
}
