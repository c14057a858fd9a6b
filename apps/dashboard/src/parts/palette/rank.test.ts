import { expect, test } from 'vitest'
import { rank } from './rank.ts'

const entries = [
  { words: 'Deployments' },
  { words: 'Add a domain', also: 'certificate dns https' },
  { words: 'shop' },
  { words: 'shop-admin' },
  { words: 'workshop' },
  { words: 'Open a terminal', also: 'console shell run exec' },
]
const found = (typed: string) => rank(entries, typed, 10).map(({ words }) => words)

test('nothing typed leaves everything in its order', () => {
  expect(found('')).toEqual(entries.map(({ words }) => words))
})

test('the name itself comes first, then what begins with it, then what holds it', () => {
  expect(found('shop')).toEqual(['shop', 'shop-admin', 'workshop'])
})

test('words in any order, and their beginnings, are enough', () => {
  expect(found('dom add')).toEqual(['Add a domain'])
})

test('what somebody else calls it is found too', () => {
  expect(found('console')).toEqual(['Open a terminal'])
  expect(found('DNS')).toEqual(['Add a domain'])
})

test('a few letters in order are enough for a name', () => {
  expect(found('dplymnts')).toEqual(['Deployments'])
})

test('what fits nothing finds nothing', () => {
  expect(found('zebra')).toEqual([])
})
