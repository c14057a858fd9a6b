import { expect, test } from 'vitest'
import { parseWords } from './parse-words.ts'

test('a command keeps its own options', () => {
  expect(parseWords(['--memory', '6000', 'ls', '--rebuild', '-l'])).toEqual({
    rebuild: false,
    memoryMb: 6000,
    command: ['ls', '--rebuild', '-l'],
  })
})

test('two dashes end ours', () => {
  expect(parseWords(['--rebuild', '--', '--odd-name'])).toMatchObject({
    rebuild: true,
    command: ['--odd-name'],
  })
})

test.each([[['--memory', 'much', 'ls']], [['--memory=1', 'ls']], [['--fast', 'ls']]])(
  'what is none of ours is refused: %j',
  (words) => {
    expect(() => parseWords(words)).toThrow(/--memory|--fast/)
  },
)
