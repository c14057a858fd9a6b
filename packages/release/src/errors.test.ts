import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { releaseError } from './errors.ts'

test('every code of the table is reached by a test', () => {
  const files = globSync('**/*.test.ts', { cwd: import.meta.dirname }).filter(
    (name) => name !== 'errors.test.ts',
  )
  const text = files.map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8')).join('\n')
  expect(Object.keys(releaseError).filter((code) => !text.includes(`'${code}'`))).toEqual([])
})
