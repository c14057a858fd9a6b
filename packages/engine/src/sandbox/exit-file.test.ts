import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { awaitExitFile } from './exit-file.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp('/tmp/berth-exits-')
})
afterEach(() => rm(directory, { recursive: true }))

test('the code is read once it is there', async () => {
  const waited = awaitExitFile(`${directory}/id`, process.pid)
  await writeFile(`${directory}/id`, '137')
  expect(await waited).toBe(137)
})

test('a monitor that is gone, or lives and never writes, is not waited for', async () => {
  expect(await awaitExitFile(`${directory}/id`, 0)).toBe(undefined)
  expect(await awaitExitFile(`${directory}/id`, process.pid, 20)).toBe(undefined)
})
