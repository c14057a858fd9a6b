import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeEngine } from '../engine.contract.ts'
import { describeVolumes } from '../volumes.contract.ts'
import { fakeEngine } from './fake-engine.ts'

describeEngine('the fake engine', async () => {
  const engine = fakeEngine()
  engine.images.add('small')
  return { engine, image: 'small', dispose: () => engine.close() }
})

describeVolumes('the fake engine', async () => {
  const engine = fakeEngine()
  engine.images.add('small')
  return { engine, image: 'small', dispose: () => engine.close() }
})

test('a fake container that serves really answers', async () => {
  const logs = await mkdtemp(join(tmpdir(), 'berth-fake-'))
  const engine = fakeEngine()
  engine.images.add('served', { command: ['serve', 'hello'] })
  const { id } = await engine.containers.create({
    name: 'one',
    group: 'g',
    labels: {},
    image: 'served',
    entrypoint: null,
    command: null,
    env: { PORT: '5999' },
    user: null,
    workingDirectory: null,
    hostname: null,
    network: 'bridge',
    limits: { memoryBytes: null, cpuWeight: 100, cpus: null, pids: 10 },
    log: { directory: logs, maxBytes: 1000, maxFiles: 1 },
    init: true,
  })
  const { address } = await engine.containers.start(id)
  await expect
    .poll(async () => (await fetch(`http://${address}:5999/`)).text().catch(() => 'nothing yet'))
    .toBe('hello')
  await engine.close()
  await rm(logs, { recursive: true })
})

test('a fake image has the programs that it is said to have', async () => {
  const { images } = fakeEngine()
  images.add('bare', { command: ['/app'] })
  images.setPrograms('bare', ['app'])
  expect(await images.hasProgram('bare', 'sh')).toBe(false)
  expect(await images.hasProgram('bare', 'app')).toBe(true)
})
