import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { localRunner } from '@berth/command'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCacheMounts } from './cache-mounts.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'berth-caches-'))
})
afterEach(() => rm(home, { recursive: true }))

const wanted = {
  scope: 'app',
  mount: { id: 'npm', sharing: 'locked' as const, mode: 0o755, uid: 0, gid: 0 },
  range: { start: 200_000, size: 65_536 as const },
  fill: async (directory: string) => writeFile(`${directory}/begun`, 'with this'),
}
const never = new AbortController().signal

test('a process that is killed while it fills and holds one leaves it to the next', async () => {
  const script = `
    import { openCacheMounts } from ${JSON.stringify(`${import.meta.dirname}/cache-mounts.ts`)}
    const caches = await openCacheMounts(${JSON.stringify(home)}, { run: async () => undefined })
    const fill = () => { console.log('filling'); return new Promise(() => setInterval(() => {}, 1000)) }
    await caches.hold({ ...${JSON.stringify(wanted)}, fill }, new AbortController().signal)
  `
  const doomed = localRunner.start({ argv: [process.execPath, '--input-type=module', '--eval', script] })
  await once(doomed.stdout as Readable, 'data')
  doomed.kill('SIGKILL')
  await doomed.exited
  const [scope = ''] = await readdir(`${home}/cache-mounts`)
  const halves = async () =>
    (await readdir(`${home}/cache-mounts/${scope}`)).filter((name) => name.endsWith('.tmp'))
  expect(await halves()).toHaveLength(1)

  const caches = await openCacheMounts(home, localRunner)
  const held = await caches.hold(wanted, never)
  expect(await readFile(`${held.directory}/begun`, 'utf8')).toBe('with this')
  expect(await halves()).toEqual([])
  held.release()
})

test('one whose beginning cannot be made is not there, and not held', async () => {
  const caches = await openCacheMounts(home, localRunner)
  const broken = caches.hold({ ...wanted, fill: () => Promise.reject(new Error('no such stage')) }, never)
  await expect(broken).rejects.toThrow('no such stage')
  const held = await caches.hold(wanted, never)
  expect(await readdir(held.directory)).toEqual(['begun'])
  held.release()
})

test('two who find a shared one missing have one directory, also when it begins empty', async () => {
  const caches = await openCacheMounts(home, localRunner)
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const shared = { ...wanted, mount: { ...wanted.mount, sharing: 'shared' as const } }
  const [first, second] = gates.map(({ promise }) => caches.hold({ ...shared, fill: () => promise }, never))
  gates[0]?.resolve()
  const early = await first
  const { ino } = await stat(early?.directory ?? '')
  gates[1]?.resolve()
  const late = await second
  expect((await stat(late?.directory ?? '')).ino).toBe(ino)
  for (const held of [early, late]) held?.release()
})
