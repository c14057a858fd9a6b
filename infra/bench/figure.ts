import { z } from 'zod'

/** One line of standard output. `ratio` is Berth's value by the other's; `goal` is about the ratio, null where there is none. */
export type Figure = z.infer<typeof figure>

/** What a bench measured. A side that was not measured is null. */
export type Measured = Omit<Figure, 'bench' | 'ratio'>

const figure = z.strictObject({
  bench: z.string(),
  figure: z.string(),
  berth: z.number(),
  other: z.number().nullable(),
  against: z.string(),
  unit: z.string(),
  better: z.enum(['lower', 'higher']),
  ratio: z.number().nullable(),
  goal: z.number().nullable(),
})

/** Values keep four digits: more would say more than was measured. */
export function figureOf(bench: string, measured: Measured): Figure {
  const { figure: title, against, unit, better, goal } = measured
  const other = measured.other === null ? null : fourDigits(measured.other)
  const berth = fourDigits(measured.berth)
  const ratio = measured.other ? fourDigits(measured.berth / measured.other) : null
  return { bench, figure: title, berth, other, against, unit, better, ratio, goal }
}

/** Null where there is no goal, or nothing to hold against it. */
export function reachesGoal({ ratio, goal, better }: Figure): boolean | null {
  if (ratio === null || goal === null) return null
  return better === 'lower' ? ratio <= goal : ratio >= goal
}

/** @throws where a line is no figure */
export function parseFigures(text: string): Figure[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => figure.parse(JSON.parse(line)))
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4))
}
