import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { archiveError } from './archive/errors.ts'
import { buildError } from './build/errors.ts'
import { containerError } from './container/errors.ts'
import { contextError } from './context/errors.ts'
import { registryError } from './registry/errors.ts'
import { remoteError } from './remote/errors.ts'
import { imageError } from './store/errors.ts'
import { systemError } from './system/errors.ts'
import { volumeError } from './volume/errors.ts'

const tables = [
  archiveError,
  buildError,
  containerError,
  contextError,
  imageError,
  registryError,
  remoteError,
  systemError,
  volumeError,
]
const codes = tables.flatMap((table) => Object.keys(table))
const read = (name: string) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8')
const sources = globSync('**/*.ts', { cwd: import.meta.dirname }).filter((name) => name !== 'errors.test.ts')
const isTest = (name: string) => /\.(test|contract)\.ts$/.test(name)

test('every code stands in one table only', () => {
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
})

test('no table stands elsewhere', () => {
  const found = sources.filter((name) => !isTest(name) && read(name).includes('errorTable({'))
  expect(found).toHaveLength(tables.length)
})

test('every code is reached by a test', () => {
  const text = sources.filter(isTest).map(read).join('\n')
  expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([])
})
