import { expect, test } from 'vitest'
import { figureOf, type Measured, parseFigures, reachesGoal } from './figure.ts'
import { table } from './table.ts'

const measured: Measured = {
  figure: '2000 files, one changed',
  berth: 151.23456,
  other: 432.1,
  against: 'docker 20.10 BuildKit',
  unit: 'ms',
  better: 'lower',
  goal: 0.4,
}

test('a figure is one line of JSON with its members in this order', () => {
  expect(JSON.stringify(figureOf('build', measured))).toBe(
    '{"bench":"build","figure":"2000 files, one changed","berth":151.2,"other":432.1,"against":"docker 20.10 BuildKit","unit":"ms","better":"lower","ratio":0.35,"goal":0.4}',
  )
})

test('the ratio is made from the values before they are rounded', () => {
  expect(figureOf('build', { ...measured, berth: 1.00049, other: 3.00049 }).ratio).toBe(0.3334)
})

test('where nothing was measured on the other side, there is no ratio and no verdict', () => {
  const alone = figureOf('memory', { ...measured, other: null })
  expect(alone).toMatchObject({ other: null, ratio: null })
  expect(reachesGoal(alone)).toBe(null)
  expect(figureOf('memory', { ...measured, other: 0 }).ratio).toBe(null)
})

test.each([
  ['lower', 40, 100, true],
  ['lower', 41, 100, false],
  ['higher', 40, 100, true],
  ['higher', 39, 100, false],
] as const)('where %s is better, %d of %d reaches 0.4: %s', (better, berth, other, reached) => {
  expect(reachesGoal(figureOf('x', { ...measured, better, berth, other }))).toBe(reached)
})

test('a goal without a number is no verdict', () => {
  expect(reachesGoal(figureOf('x', { ...measured, goal: null }))).toBe(null)
})

test('what was printed is read again; anything else is refused', () => {
  const figures = [figureOf('build', measured), figureOf('door', { ...measured, goal: null, other: null })]
  expect(parseFigures(`${figures.map((figure) => JSON.stringify(figure)).join('\n')}\n`)).toEqual(figures)
  expect(() => parseFigures('{"bench":"build"}')).toThrow()
  expect(() => parseFigures('-----> build')).toThrow()
})

test('the table has a row a figure, with goal and verdict', () => {
  const figures = [
    figureOf('build', measured),
    figureOf('build', { ...measured, berth: 400 }),
    figureOf('door', {
      ...measured,
      berth: 51_234,
      other: 40_000,
      unit: 'requests/s',
      better: 'higher',
      goal: 1,
    }),
    figureOf('memory', { ...measured, other: null, goal: null, against: 'nothing' }),
  ]
  expect(table(figures)).toBe(`| bench | figure | Berth | other | against | ratio | goal |
| --- | --- | ---: | ---: | --- | ---: | --- |
| build | 2000 files, one changed | 151 ms | 432 ms | docker 20.10 BuildKit | 0.35 × | ≤ 0.4 ×, reached |
| build | 2000 files, one changed | 400 ms | 432 ms | docker 20.10 BuildKit | 0.926 × | ≤ 0.4 ×, missed |
| door | 2000 files, one changed | 51,200 requests/s | 40,000 requests/s | docker 20.10 BuildKit | 1.28 × | ≥ 1 ×, reached |
| memory | 2000 files, one changed | 151 ms | – | nothing | – | – |
`)
})
