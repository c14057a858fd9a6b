import { expect, test, vi } from 'vitest'
import { LogLines } from './log-lines.ts'

const line = (number: number) => ({ number, text: `line ${number}` })
const told = (lines: LogLines) => new Promise<void>((resolve) => lines.subscribe(resolve))

test('many lines in one moment are told once', async () => {
  const lines = new LogLines()
  const listener = vi.fn()
  lines.subscribe(listener)
  const done = told(lines)
  for (let number = 1; number <= 500; number++) lines.append([line(number)])
  await done
  expect(listener).toHaveBeenCalledTimes(1)
  expect(lines.snapshot()).toHaveLength(500)
})

test('beyond the limit the oldest go and the others keep their numbers', async () => {
  const lines = new LogLines(100)
  const done = told(lines)
  for (let number = 1; number <= 1000; number++) lines.append([line(number)])
  await done
  expect(lines.snapshot().length).toBeLessThanOrEqual(110)
  expect(lines.snapshot().at(-1)?.number).toBe(1000)
})

test('older lines come first, as far as there is room', async () => {
  const lines = new LogLines(10)
  const done = told(lines)
  lines.append([line(8), line(9)])
  expect(lines.prepend([line(6), line(7)])).toBe(true)
  expect(lines.prepend(Array.from({ length: 7 }, (_, at) => line(at)))).toBe(false)
  await done
  expect(lines.snapshot().map(({ number }) => number)).toEqual([6, 7, 8, 9])
})

test('the snapshot is the same array until something was told', () => {
  const lines = new LogLines()
  const before = lines.snapshot()
  lines.append([line(1)])
  expect(lines.snapshot()).toBe(before)
})
