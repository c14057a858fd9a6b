import { expect, test } from 'vitest'
import { parseAnsi } from './ansi.ts'
import { markHits } from './mark-hits.ts'

const marked = (line: string, pattern: RegExp) =>
  markHits(parseAnsi(line), pattern).map(({ text, isHit }) => (isHit ? `[${text}]` : text))

test('what was found is marked, as often as it is there', () => {
  expect(marked('one two one', /one/gi)).toEqual(['[one]', ' two ', '[one]'])
  expect(marked('xaaaax', /aa/g)).toEqual(['x', '[aa]', '[aa]', 'x'])
})

test('a hit goes over colours and keeps them', () => {
  const spans = markHits(parseAnsi('npm \x1b[31mERR\x1b[0mOR!'), /error/gi)
  expect(spans.map(({ text, isHit, style }) => [text, isHit, style.color])).toEqual([
    ['npm ', false, null],
    ['ERR', true, 1],
    ['OR', true, null],
    ['!', false, null],
  ])
})

test('where nothing is found nothing is cut', () => {
  expect(marked('plain', /x/g)).toEqual(['plain'])
})
