import { type Figure, reachesGoal } from './figure.ts'

/** The figures as a table in Markdown, in the order given. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.bench,
    figure.figure,
    `${number(figure.berth)} ${figure.unit}`,
    figure.other === null ? '–' : `${number(figure.other)} ${figure.unit}`,
    figure.against,
    figure.ratio === null ? '–' : `${number(figure.ratio)} ×`,
    goal(figure),
  ])
  const head = ['bench', 'figure', 'Berth', 'other', 'against', 'ratio', 'goal']
  const lines = [head, ['---', '---', '---:', '---:', '---', '---:', '---'], ...rows]
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}

function goal(figure: Figure): string {
  if (figure.goal === null) return '–'
  const sign = figure.better === 'lower' ? '≤' : '≥'
  const verdict = { true: 'reached', false: 'missed', null: 'not measured' }[String(reachesGoal(figure))]
  return `${sign} ${figure.goal} ×, ${verdict}`
}

/** Three digits are enough to read; thousands are told apart. */
function number(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 })
}
