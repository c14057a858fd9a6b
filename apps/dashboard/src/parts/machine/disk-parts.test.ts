import { expect, test } from 'vitest'
import { diskParts } from './disk-parts.ts'

const gigabyte = 1024 ** 3

test('the largest use comes first, and what is nobody’s is the rest', () => {
  const uses = [
    { name: 'images', bytes: 2 * gigabyte },
    { name: 'build cache', bytes: 3 * gigabyte },
    { name: 'volumes', bytes: null },
  ]
  const parts = diskParts({ uses, usedBytes: 9 * gigabyte, freeBytes: 11 * gigabyte })
  expect(parts.map(({ name, words }) => `${name} ${words}`)).toEqual([
    ...['Build cache 3 GB', 'Images 2 GB', 'Volumes –', 'Others 4 GB', 'Free 11 GB'],
  ])
})

test('a count that is older than the whole leaves no negative rest', () => {
  const parts = diskParts({ uses: [{ name: 'logs', bytes: 5 }], usedBytes: 3, freeBytes: 1 })
  expect(parts.find(({ name }) => name === 'Others')?.size).toBe(0)
})
