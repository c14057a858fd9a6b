import { command, localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import type { Container, ContainerSpec } from '../engine.ts'
import { useEngine } from '../testing/use-engine.ts'

/** A machine with much to do takes its time. */
const soon = { timeout: 20_000 }

const site = useEngine()

const greet = 'while true; do nc -l -p 7000 -e echo hello; done'
const start = (name: string, over: Partial<ContainerSpec> = {}) => site.start(greet, { ...over, name })
const inside = async ({ pid }: Container, ...words: string[]) => {
  const enter = ['nsenter', `--target=${pid}`, '--mount', '--net', '--user', '--', '/bin/busybox']
  const [program = '', ...others] = [...enter, ...words]
  return (await localRunner.run(command(program, ...others), { okStatuses: [0, 1, 143] })).stdout
}
const hostsOf = (container: Container) => inside(container, 'cat', '/etc/hosts')
const askFrom = (container: Container, name: string) => inside(container, 'nc', '-w', '2', name, '7000')

test('containers of a group know each other while they run, under the names that they have', async () => {
  const first = await start('first')
  const second = await start('second')
  expect(await hostsOf(second)).toContain(`${first.address} first ${first.id.slice(0, 12)}\n`)
  await expect.poll(() => hostsOf(first), soon).toContain(`${second.address} second`)
  await expect.poll(() => askFrom(first, 'second'), soon).toBe('hello\n')

  await site.engine.containers.rename(second.id, 'renamed')
  await expect.poll(() => hostsOf(first), soon).toContain(`${second.address} renamed`)
  await site.engine.containers.remove(second.id)
  await expect.poll(() => hostsOf(first), soon).not.toContain('renamed')
  expect(await hostsOf(first)).toMatch(/^127\.0\.0\.1 localhost\n/)
})

test('a link leads to another group, one way, whenever the other comes, and ends with it', async () => {
  const links = [{ container: 'database', alias: 'db' }]
  const web = await start('web', { group: 'shop', links })
  expect(await hostsOf(web)).not.toMatch(/\sdb\s/)
  const other = await start('other', { group: 'shop' })
  const database = await start('database', { group: 'data' })

  await expect.poll(() => askFrom(web, 'db'), soon).toBe('hello\n')
  expect(await askFrom(other, database.address ?? '')).toBe('')
  expect(await askFrom(database, web.address ?? '')).toBe('')
  expect(await hostsOf(database)).not.toContain('web')

  await site.engine.containers.stop(database.id, { timeoutMs: 0 })
  await expect.poll(() => hostsOf(web), soon).not.toMatch(/\sdb\s/)
  expect(await linksThrough()).toBe(0)
  const again = await site.engine.containers.start(database.id)
  await expect.poll(() => hostsOf(web), soon).toContain(`${again.address} db database`)
  await expect.poll(() => askFrom(web, 'db'), soon).toBe('hello\n')
})

test('names and links are there again when the engine is', async () => {
  const links = [{ container: 'database', alias: 'db' }]
  const database = await start('database', { group: 'data' })
  const web = await start('web', { group: 'shop', links })
  await site.reopen()
  expect(await linksThrough()).toBe(1)
  await expect.poll(() => askFrom(web, 'db'), soon).toBe('hello\n')
  await site.engine.containers.remove(database.id)
  await expect.poll(() => hostsOf(web), soon).not.toMatch(/\sdb\s/)
  expect(await linksThrough()).toBe(0)
})

test.each(['', 'a b', 'a\nb', '-x', '127.0.0.1 localhost'])('%j is no alias', async (alias) => {
  const links = [{ container: 'x', alias }]
  await expect(start('linked', { links })).rejects.toMatchObject({ code: 'CONTAINER.INVALID' })
})

/** How many pairs the firewall lets through. */
async function linksThrough(): Promise<number> {
  const { stdout: tables } = await localRunner.run(command('nft', '-j', 'list', 'tables'))
  const mark = /\/berth-([0-9a-f]+)/.exec(
    (await localRunner.run(command('cat', `/proc/${(await site.engine.containers.list())[0]?.pid}/cgroup`)))
      .stdout,
  )?.[1]
  expect(tables).toContain(`berth_${mark}`)
  const { stdout } = await localRunner.run(
    command('nft', '-j', 'list', 'set', 'inet', `berth_${mark}`, 'linked'),
  )
  const [, set] = (JSON.parse(stdout) as { nftables: { set?: { elem?: unknown[] } }[] }).nftables
  return set?.set?.elem?.length ?? 0
}
