import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { routeError } from './errors.ts'

test('every code of the table is reached by a test', () => {
  const files = globSync('**/*{.test,-contract}.ts', { cwd: import.meta.dirname }).filter(
    (name) => name !== 'errors.test.ts',
  )
  const text = files.map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8')).join('\n')
  expect(Object.keys(routeError).filter((code) => !text.includes(`'${code}'`))).toEqual([])
})
