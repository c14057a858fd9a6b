import { expect, test } from 'vitest'
import { linesOf, versionOf } from './release-commands.ts'

const none = { added: [], removed: [], changed: [] }
const same = {
  ...{ from: 1, to: 2, variables: none, secretFiles: none, processes: [], limits: [] },
  ...{ healthchecks: false, cron: false, sameImage: true, commits: { added: [], removed: [] } },
  files: { changes: [], totals: { added: 0, changed: 0, removed: 0, bytes: 0 } },
}

test('a release is called v12, or 12', () => {
  expect([versionOf('v12'), versionOf('12')]).toEqual([12, 12])
  for (const word of ['', 'v', 'v0', '0', '-1', 'v1.2', '--help', 'v1234567890'])
    expect(() => versionOf(word)).toThrow(expect.objectContaining({ code: 'CLI.BAD_INPUT' }))
})

test('two releases that are the same are said to be', () => {
  expect(linesOf(same)).toEqual(['v1 and v2 are the same.'])
})

test('what lies between two releases is told by names, commits and files', () => {
  const commit = { commit: 'a'.repeat(40), author: 'Ada', subject: 'Say hello' }
  const lines = linesOf({
    ...same,
    variables: { added: ['A'], removed: ['B'], changed: ['C'] },
    processes: [
      { name: 'web', before: 'node a.js', after: 'node b.js' },
      { name: 'worker', before: null, after: 'node w.js' },
    ],
    limits: [{ name: 'web', before: null, after: { memoryBytes: 512 * 1024 ** 2, cpus: 0.5 } }],
    commits: { added: [commit], removed: [] },
    files: {
      changes: [{ change: 'changed', path: '/app/server.js' }],
      totals: { added: 0, changed: 2, removed: 0, bytes: 10 },
    },
  })
  expect(lines.join('\n')).toBe(`Variables:
  + A
  - B
  ~ C
Process types:
  ~ web: node a.js → node b.js
  + worker: node w.js
Limits:
  + web: 512 MB of memory, 0.5 CPU
Commits:
  + aaaaaaaa Say hello (Ada)
Files in the image:
  ~ /app/server.js
  and 1 more`)
})

test('what is not known any more is said to be', () => {
  expect(linesOf({ ...same, commits: null, files: null })).toEqual([
    'Commits:',
    '  ? not known any more',
    'Files in the image:',
    '  ? one of the images is no longer here',
  ])
})
