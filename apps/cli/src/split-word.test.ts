import { expect, test } from 'vitest'
import { splitWord } from './split-word.ts'

test.each([
  [
    ['config:set', 'A=b:c'],
    ['config', 'set', 'A=b:c'],
  ],
  [
    ['ps', 'scale', 'web=2'],
    ['ps', 'scale', 'web=2'],
  ],
  [
    ['engine', 'run', 'a:b'],
    ['engine', 'run', 'a:b'],
  ],
  [['http://berth.localhost'], ['http://berth.localhost']],
  [[], []],
])('%j are the words %j', (said, meant) => {
  expect(splitWord(said)).toEqual(meant)
})
