import { expect, test } from 'vitest'
import { exitWords } from './exit-words.ts'

const at = new Date()
const exit = { code: 0, signal: null, outOfMemory: false, at }

test.each([
  [exit, 'ended with 0'],
  [{ ...exit, code: 1 }, 'ended with 1'],
  [{ ...exit, code: 137, signal: 'SIGKILL' }, 'killed by SIGKILL'],
  [{ ...exit, code: 139, signal: 'SIGSEGV' }, 'crashed by SIGSEGV'],
  [{ ...exit, code: 137, signal: 'SIGKILL', outOfMemory: true }, 'killed: out of memory at 512 MB'],
  [
    { ...exit, code: 137, signal: 'SIGKILL', reason: 'the machine was restarted' },
    'killed: the machine was restarted',
  ],
])('%j', (given, words) => {
  expect(exitWords(given, { memoryBytes: 512 * 1024 * 1024 })).toBe(words)
})

test('gigabytes are told as such, and no limit as none', () => {
  const outOfMemory = { ...exit, code: 137, outOfMemory: true }
  expect(exitWords(outOfMemory, { memoryBytes: 2 * 1024 ** 3 })).toBe('killed: out of memory at 2 GB')
  expect(exitWords(outOfMemory)).toBe('killed: out of memory')
})
