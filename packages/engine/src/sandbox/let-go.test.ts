import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { command, localRunner } from '@berth/command'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeNode } from '../system/syscalls.ts'
import { letGo } from './let-go.ts'

let state: string

beforeEach(() => {
  state = mkdtempSync('/tmp/berth-state-')
})
afterEach(() => rmSync(state, { recursive: true }))

const waiting = (script: string) =>
  localRunner.start(command('sh', '-c', script), { stdio: ['ignore', 'ignore', 'ignore'] })

test.each(['', 'sleep 0.3; '])(
  'a process that waits is let go, and the sign of it is gone (%j)',
  async (first) => {
    makeNode(`${state}/exec.fifo`, 'fifo', 0o600)
    const process = waiting(`${first}printf 0 > ${state}/exec.fifo`)
    expect(await letGo('runc', state, process.pid ?? 0)).toBe(true)
    expect(readdirSync(state)).toEqual([])
    expect((await process.exited).status).toBe(0)
  },
)

test('one that is gone is not waited for', async () => {
  makeNode(`${state}/exec.fifo`, 'fifo', 0o600)
  const process = waiting('exit 0')
  expect(await letGo('runc', state, process.pid ?? 0)).toBe(false)
  expect(readdirSync(state)).toEqual(['exec.fifo'])
})

test('one that has begun and ended before anybody came to read was let go', async () => {
  makeNode(`${state}/exec.fifo`, 'fifo', 0o600)
  const process = waiting(`printf 0 > ${state}/exec.fifo`)
  // As on a machine that is too busy: timers, which are due by then, come after immediates and before what can be read.
  await new Promise<void>((resolve) => setImmediate(resolve))
  const letting = letGo('runc', state, process.pid ?? 0)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  expect(await letting).toBe(true)
  expect(readdirSync(state)).toEqual([])
})

test('one that lives and never gets so far is not waited for', async () => {
  makeNode(`${state}/exec.fifo`, 'fifo', 0o600)
  const process = waiting('exec sleep 600')
  expect(await letGo('runc', state, process.pid ?? 0, 50)).toBe(false)
  process.kill('SIGKILL')
})

test('a runtime without it is asked itself', async () => {
  expect(await letGo('runc', state, 1)).toBe(false)
})

test('crun’s process is written to, and the sign of it is gone', async () => {
  makeNode(`${state}/exec.fifo`, 'fifo', 0o600)
  // As crun does: it is open for reading before anybody is told that the container is there.
  const process = waiting(`exec 3<>${state}/exec.fifo; head -c 1 <&3 >${state}/read`)
  await expect.poll(() => letGo('crun', state, process.pid ?? 0)).toBe(true)
  expect((await process.exited).status).toBe(0)
  expect(readdirSync(state)).toEqual(['read'])
})

test('a process of crun’s that is gone is not written to', async () => {
  makeNode(`${state}/exec.fifo`, 'fifo', 0o600)
  const process = waiting('exit 0')
  await process.exited
  expect(await letGo('crun', state, process.pid ?? 0)).toBe(false)
  expect(readdirSync(state)).toEqual(['exec.fifo'])
})
