import fc from 'fast-check'
import { expect, test } from 'vitest'
import { processArguments } from './process-arguments.ts'
import { quoteWords } from './quote-words.ts'

const image = { entrypoint: null, command: null, hasShell: true }
const read = (line: string) => processArguments(line, { HOME: '/root' }, image).command

test('several words are read as they were said', () => {
  expect(quoteWords(['bin/tidy', '--all', 'a b', "it's", '$HOME', ''])).toBe(
    `bin/tidy --all 'a b' 'it'\\''s' '$HOME' ''`,
  )
  const word = fc.string({ maxLength: 20 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      expect(read(quoteWords(['program', ...words]))).toEqual(['program', ...words])
    }),
  )
})

test('one word alone is a line', () => {
  expect(read(quoteWords(['bin/tidy --all']))).toEqual(['bin/tidy', '--all'])
})
