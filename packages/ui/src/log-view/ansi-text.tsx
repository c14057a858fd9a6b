import { memo } from 'react'
import { type AnsiSpan, type AnsiStyle, parseAnsi } from './ansi.ts'

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

/** One line with its colours, as spans of text: nothing in a log can become markup. */
export const AnsiText = memo(function AnsiText({ text }: { text: string }) {
  return parseAnsi(text).map((span, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: spans of a line that never changes.
    <Span key={index} span={span} />
  ))
})

function Span({ span }: { span: AnsiSpan }) {
  const { style } = span
  const styled = style.color !== null || style.background !== null
  if (!styled && !style.bold && !style.dim && !style.italic && !style.underline) return span.text
  return <span style={cssOf(style)}>{span.text}</span>
}

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
