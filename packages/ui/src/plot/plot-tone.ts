/** The colours of lines, by what they say. */
export type PlotTone = 'accent' | 'second' | 'third' | 'good' | 'warn' | 'bad' | 'grey'

export const plotColors: Record<PlotTone, string> = {
  accent: 'var(--accent)',
  second: 'var(--ansi-blue)',
  third: 'var(--ansi-magenta)',
  good: 'var(--good)',
  warn: 'var(--warn)',
  bad: 'var(--bad)',
  grey: 'var(--faint)',
}
