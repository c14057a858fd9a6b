import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { tarStream } from '../archive/make-tar.ts'
import { collect, listen, printed } from '../contracts/contract-kit.ts'
import type { Engine } from '../engine.ts'
import {
  type EngineHome,
  makeEngineHome,
  removeEngineHome,
  runToEnd,
  shellSpec,
} from '../testing/engine-home.ts'
import { openHostEngine } from './host-engine.ts'

let home: EngineHome
let engine: Engine
/** Lies outside of every container; nothing may reach it. */
let outside: string

beforeAll(async () => {
  home = await makeEngineHome()
  engine = await openHostEngine(home)
  outside = `${home.home}/outside`
})
afterEach(async () => {
  for (const { id } of await engine.containers.list()) await engine.containers.remove(id)
  await rm(outside, { recursive: true, force: true })
})
afterAll(async () => {
  await engine.close()
  await removeEngineHome(home)
})

const run = async (script: string) => {
  const { id } = await engine.containers.create(shellSpec(home, script))
  return engine.containers.start(id)
}
const made = async (script: string) => {
  const { id } = await engine.containers.create(shellSpec(home, script))
  await engine.containers.start(id)
  await engine.containers.wait(id)
  return id
}
const text = async (bytes: AsyncIterable<Uint8Array>) =>
  Buffer.concat(await collect(bytes)).toString('latin1')

test('links lead nowhere but inside, into the container and out of it', async () => {
  await mkdir(outside)
  await writeFile(`${outside}/secret`, 'top secret')
  const id = await made(
    `mkdir -p ${outside}; ln -s ${outside} /tmp/way; ln -s ../../../../..${outside}/secret /tmp/up`,
  )
  const { copyIn, copyOut } = engine.containers
  await copyIn(id, '/tmp/way', tarStream([{ path: 'planted', content: 'x' }]))
  expect(existsSync(`${outside}/planted`)).toBe(false)
  expect(await text(copyOut(id, `${outside}/planted`))).toContain('planted')
  expect(await text(copyOut(id, '/tmp/up'))).not.toContain('top secret')
  await expect(text(copyOut(id, '/tmp/up/'))).rejects.toMatchObject({ code: 'CONTAINER.PATH_NOT_FOUND' })
  await copyIn(id, '/tmp', tarStream([{ path: 'way/through', content: 'x' }]))
  expect(existsSync(`${outside}/through`)).toBe(false)
})

test('a container that swaps directories for links meanwhile gets nothing, and gives nothing away', async () => {
  await mkdir(outside)
  await writeFile(`${outside}/secret`, 'top secret')
  const { id } = await run(
    `cd /tmp; mkdir -p a .${outside}; ln -s ${outside} b; echo up; while true; do mv a c; mv b a; mv a b; mv c a; done`,
  )
  for await (const _line of engine.containers.logs(id, { follow: true, tail: null, since: null })) break
  const archive = [
    { path: 'planted', content: 'x' },
    { path: 'd/planted', content: 'x' },
  ]
  for (let times = 0; times < 100; times += 1) {
    await engine.containers.copyIn(id, '/tmp/a', tarStream(archive)).catch(() => undefined)
    const got = await text(engine.containers.copyOut(id, '/tmp/a/.')).catch(() => '')
    expect(got).not.toContain('top secret')
  }
  expect(existsSync(`${outside}/planted`) || existsSync(`${outside}/d`)).toBe(false)
})

test('the kernel’s own files are no place for copies', async () => {
  const { id } = await run('sleep 60')
  for (const path of ['/proc/1', '/sys/kernel', '/proc']) {
    await expect(
      engine.containers.copyIn(id, path, tarStream([{ path: 'x', content: 'x' }])),
    ).rejects.toMatchObject({ code: 'CONTAINER.PATH_REFUSED' })
    await expect(text(engine.containers.copyOut(id, path))).rejects.toMatchObject({
      code: 'CONTAINER.PATH_REFUSED',
    })
  }
})

test('what is copied in belongs to the ids inside, and devices do not come along', async () => {
  const { id } = await run('sleep 60')
  const parts = [
    { path: 'mine', content: 'x', uid: 1000, gid: 1000, mode: 0o4755 },
    { path: 'disk', type: '4' },
    { path: 'far', content: 'x', uid: 70_000 },
  ]
  await engine.containers.copyIn(id, '/tmp', tarStream(parts))
  const exec = await engine.containers.exec(id, {
    command: ['stat', '-c', '%n %u %a', '/tmp/mine', '/tmp/far'],
  })
  expect((await printed(exec)).stdout).toBe('/tmp/mine 1000 4755\n/tmp/far 65534 644\n')
  expect(await engine.containers.statPath(id, '/tmp/disk')).toBeNull()
})

test('a container can be started, and removed, while somebody copies from it', async () => {
  const id = await made('head -c 4000000 /dev/zero > /tmp/big')
  const copying = engine.containers.copyOut(id, '/tmp')[Symbol.asyncIterator]()
  await copying.next()
  await engine.containers.start(id)
  await engine.containers.wait(id)
  await engine.containers.remove(id)
  await copying.return?.()
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(id)
})

test('changes tell of deletions, of what an opaque directory hides, and of nothing that the engine made', async () => {
  const id = await made('rm /etc/group; rm -r /home; mkdir /home; touch /home/new; echo x >> /etc/passwd')
  const changes = (await collect(engine.containers.changes(id))).map(({ path, kind }) => `${kind} ${path}`)
  expect(changes.sort()).toEqual([
    ...['added /home/new', 'changed /etc', 'changed /etc/passwd', 'changed /home', 'deleted /etc/group'],
  ])
})

test('a committed image has what was changed, deleted and hidden, with its owners', async () => {
  const script =
    'rm /etc/group; rm -r /home; mkdir /home; touch /home/new; chown 5:6 /home/new; chmod 4711 /home/new'
  const id = await made(script)
  const image = await engine.containers.commit(id, { names: ['kept:v1'], comment: 'by hand' })
  expect(image.layers).toHaveLength(2)
  const look = 'ls /home; stat -c "%u %g %a" /home/new; test -e /etc/group || echo gone; ls -A /etc'
  const { lines } = await runToEnd(engine, shellSpec(home, look, { image: 'kept:v1' }))
  expect(lines).toEqual(['new', '5 6 4711', 'gone', 'hostname', 'hosts', 'passwd', 'resolv.conf'])
})

test('a running container stands still while it is committed, and goes on', async () => {
  const { id } = await run('while true; do echo x >> /tmp/a; echo x >> /tmp/b; done')
  const kinds: string[] = []
  const unsubscribe = engine.containers.subscribe(({ kind }) => kinds.push(kind))
  await engine.containers.commit(id, { names: ['still:v1'] })
  await expect.poll(() => kinds).toEqual(['paused', 'resumed'])
  unsubscribe()
  const exec = await engine.containers.exec(id, { command: ['echo', 'alive'] })
  const heard = listen(exec)
  await heard.over
  expect(heard.text).toBe('alive\n')
})
