import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeQuotaCalls } from '../testing/fake-quota-calls.ts'
import { openProjectQuotas } from './project-quotas.ts'
import { noLimits } from './quota-calls.ts'

let home: string
let fake: ReturnType<typeof fakeQuotaCalls>

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'berth-quotas-'))
  fake = fakeQuotaCalls(home)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const open = () => openProjectQuotas(home, fake.calls)
const claims = () => readdirSync(`${home}/projects`).map(Number)
const limits = { bytes: 1_048_576, files: 100 }

function makeDirectory(name: string): string {
  const path = `${home}/${name}`
  mkdirSync(path)
  return path
}

test('a directory is counted with what is in it, and limited', async () => {
  const quotas = await open()
  const directory = makeDirectory('one')
  writeFileSync(`${directory}/before`, 'x'.repeat(1000))
  mkdirSync(`${directory}/deep`)
  writeFileSync(`${directory}/deep/before`, '')
  await quotas.begin([directory], limits)
  writeFileSync(`${directory}/deep/after`, '')
  expect(quotas.look(directory)).toMatchObject({ limits, used: { files: 5 } })
  expect(claims()).toEqual([quotas.projectOf(directory)])
})

test('two directories are one project where they are begun together, and two where not', async () => {
  const quotas = await open()
  const [upper, work, other] = ['upper', 'work', 'other'].map(makeDirectory) as [string, string, string]
  await quotas.begin([upper, work], limits)
  await quotas.begin([other], limits)
  expect(quotas.projectOf(upper)).toBe(quotas.projectOf(work))
  expect(quotas.projectOf(other)).not.toBe(quotas.projectOf(upper))
})

test('begun again, it keeps its project and gets the new limits', async () => {
  const quotas = await open()
  const directory = makeDirectory('one')
  await quotas.begin([directory], limits)
  const before = quotas.projectOf(directory)
  await quotas.begin([directory], { bytes: 65_536, files: null })
  expect(quotas.projectOf(directory)).toBe(before)
  expect(quotas.look(directory)?.limits).toEqual({ bytes: 65_536, files: null })
})

test('a number that has files or limits of somebody else is not taken', async () => {
  const first = await open()
  const directory = makeDirectory('one')
  await first.begin([directory], noLimits)
  const taken = first.projectOf(directory) ?? 0
  rmSync(directory, { recursive: true })
  await first.end(taken)
  expect(claims()).toEqual([])
  fake.calls.setLimits(taken, { bytes: 1024, files: null })
  fake.calls.setProject(makeDirectory('theirs'), { project: taken + 1, passesOn: false })
  const second = await open()
  const mine = makeDirectory('mine')
  await second.begin([mine], limits)
  expect(second.projectOf(mine)).toBe(taken + 2)
  expect(fake.calls.look(taken).limits).toEqual({ bytes: 1024, files: null })
})

test('what is gone gives its number back, with its limits; what is not quite gone, at the next look', async () => {
  const quotas = await open()
  const directory = makeDirectory('one')
  await quotas.begin([directory], limits)
  await quotas.end(quotas.projectOf(directory))
  expect(claims()).toHaveLength(1)
  rmSync(directory, { recursive: true })
  await (await open()).reconcile([])
  expect(claims()).toEqual([])
  expect(fake.kernel.limited()).toEqual([])
})

test('limits that the file system has lost are set again, and a lost claim is written again', async () => {
  const quotas = await open()
  const directory = makeDirectory('one')
  await quotas.begin([directory], limits)
  fake.kernel.forgetLimits()
  rmSync(`${home}/projects`, { recursive: true })
  const again = await open()
  await again.reconcile([{ directory, limits }])
  expect(again.look(directory)?.limits).toEqual(limits)
  expect(claims()).toEqual([again.projectOf(directory)])
})

test('broken off before any change of the kernel’s: no number is used twice, and none is lost', async () => {
  class BrokenOff extends Error {}
  let left = 0
  fake.kernel.breakOff = () => {
    left -= 1
    if (left < 0) throw new BrokenOff()
  }
  const kept = makeDirectory('kept')
  left = Number.POSITIVE_INFINITY
  await (await open()).begin([kept], limits)

  let changes = 0
  for (let finished = false; !finished; changes += 1) {
    const doomed = makeDirectory(`doomed-${changes}`)
    writeFileSync(`${doomed}/file`, '')
    const quotas = await open()
    left = changes
    const outcome = await lifeOf(quotas, doomed).catch((error: unknown) => {
      if (!(error instanceof BrokenOff)) throw error
    })
    finished = outcome === 'finished'
    left = Number.POSITIVE_INFINITY

    // The next engine clears what is half made, as it does with volumes and containers, and looks what is left.
    const next = await open()
    expect(next.projectOf(doomed)).not.toBe(next.projectOf(kept))
    rmSync(doomed, { recursive: true, force: true })
    await next.reconcile([{ directory: kept, limits }])
    expect(claims()).toEqual([next.projectOf(kept)])
    expect(fake.kernel.limited()).toEqual([next.projectOf(kept)])
  }
  // Limits, two files' projects, other limits, none: each was a place to die at.
  expect(changes).toBe(6)
})

async function lifeOf(quotas: Awaited<ReturnType<typeof open>>, directory: string): Promise<'finished'> {
  await quotas.begin([directory], limits)
  quotas.setLimits(directory, { bytes: 65_536, files: 16 })
  const project = quotas.projectOf(directory)
  rmSync(directory, { recursive: true })
  await quotas.end(project)
  return 'finished'
}

test('where nothing is counted, nothing is looked at, and nothing is forgotten', async () => {
  const quotas = await open()
  const directory = makeDirectory('one')
  await quotas.begin([directory], limits)
  fake.kernel.state = 'none'
  expect(quotas.look(directory)).toBeNull()
  await quotas.reconcile([])
  expect(claims()).toHaveLength(1)
  expect(existsSync(directory)).toBe(true)
})

test.each([
  ['none', 'are off', 'CONFIG_QFMT_V2'],
  ['counted', 'counted, not held', 'prjquota'],
] as const)('quotas that are %s are refused, with what to do', async (state, reason, hint) => {
  fake.kernel.state = state
  expect((await open()).refusal()).toMatchObject({
    reason: expect.stringContaining(reason),
    hint: expect.stringMatching(new RegExp(`${hint}|ext4 or xfs`)),
  })
})

test('a home that is somebody’s project is refused: a directory of our own would escape its limit', async () => {
  fake.calls.setProject(home, { project: 7, passesOn: true })
  expect((await open()).refusal()?.reason).toContain('project 7')
})
