import { expect, test } from 'vitest'
import { previewEnvFile } from './preview-env-file.ts'

const current = { KEPT: 'as it is', PORTS: '80' }

test('a pasted .env says what is new, what changes and what stays', () => {
  const { variables, refused } = previewEnvFile('KEPT="as it is"\n# why\nPORTS=81\nFRESH=1\n', current)
  expect(variables).toEqual([
    { name: 'KEPT', value: 'as it is', line: 1, outcome: 'unchanged' },
    { name: 'PORTS', value: '81', line: 3, outcome: 'changed' },
    { name: 'FRESH', value: '1', line: 4, outcome: 'new' },
  ])
  expect(refused).toEqual([])
})

test('what is refused says why, by its line, and keeps nothing else back', () => {
  const text = 'A=1\n<<<<<<< HEAD\nC-D=2\nBERTH_APP=x\nE="x" y\nA=2\nconstructor=3\nB="open'
  const { variables, refused } = previewEnvFile(text, current)
  expect(variables.map(({ name, value }) => `${name}=${value}`)).toEqual(['A=2', 'constructor=3'])
  expect(variables.every(({ outcome }) => outcome === 'new')).toBe(true)
  expect(refused.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    '1: A is set again in line 6, and that one counts.',
    '2: it is not `NAME=value`.',
    '3: "C-D" is not the name of a variable.',
    '4: "BERTH_APP" is set by Berth itself.',
    '5: something stands behind the closing quote.',
    '8: a quote (") is not closed.',
  ])
})

test('a value that an environment cannot hold is refused', () => {
  const { variables, refused } = previewEnvFile(`LONG=${'x'.repeat(70_000)}`, current)
  expect(variables).toEqual([])
  expect(refused).toEqual([{ line: 1, reason: 'The value of "LONG" is larger than 64 KB.' }])
})
