import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ContainerLimits } from '../engine.ts'
import { firstLine } from '../testing/engine-home.ts'
import { useEngine } from '../testing/use-engine.ts'

const megabyte = 1024 * 1024
const versionTwo = existsSync('/sys/fs/cgroup/cgroup.controllers')

const site = useEngine()

const start = (script: string, over: Partial<ContainerLimits>) => {
  const limits = { memoryBytes: 64 * megabyte, cpuWeight: 100, cpus: null, pids: 40, ...over }
  return site.start(script, { limits })
}

/** A file of its cgroup: by the name of v1 or of v2. */
function cgroupFile(pid: number | null, controller: string, names: { v1: string; v2: string }): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n')
  const line = versionTwo
    ? lines.find((each) => each.startsWith('0::'))
    : lines.find((each) => each.split(':')[1]?.split(',').includes(controller))
  const path = line?.split(':').slice(2).join(':') ?? ''
  const file = versionTwo ? `${path}/${names.v2}` : `/${controller}${path}/${names.v1}`
  return readFileSync(`/sys/fs/cgroup${file}`, 'utf8').trim()
}

test('memory, swap, processes and the processor are limited by the kernel, as they were asked for', async () => {
  const { pid } = await start('sleep 60', {
    memoryAndSwapBytes: 96 * megabyte,
    cpuWeight: 200,
    cpus: 0.5,
    pids: 33,
  })
  const memory = cgroupFile(pid, 'memory', { v1: 'memory.limit_in_bytes', v2: 'memory.max' })
  const swap = cgroupFile(pid, 'memory', { v1: 'memory.memsw.limit_in_bytes', v2: 'memory.swap.max' })
  expect(Number(memory)).toBe(64 * megabyte)
  expect(Number(swap)).toBe((versionTwo ? 32 : 96) * megabyte)
  expect(cgroupFile(pid, 'pids', { v1: 'pids.max', v2: 'pids.max' })).toBe('33')
  expect(cgroupFile(pid, 'cpu', { v1: 'cpu.shares', v2: 'cpu.weight' })).toBe(versionTwo ? '200' : '2048')
  expect(cgroupFile(pid, 'cpu', { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' })).toBe(
    versionTwo ? '50000 100000' : '50000',
  )
})

test('reading and writing a disk are limited by bytes and by operations', async () => {
  const disk = readdirSync('/dev').find((each) => /^(?:vd|sd|xvd)[a-z]$|^loop0$/.test(each)) ?? ''
  const numbers = readFileSync(`/sys/class/block/${disk}/dev`, 'utf8').trim()
  const path = `/dev/${disk}`
  const { pid } = await start('sleep 60', {
    blockIo: {
      weight: 300,
      readBytesPerSecond: { [path]: 5_000_000 },
      writeOperationsPerSecond: { [path]: 77 },
    },
  })
  const rate = (name: string) =>
    cgroupFile(pid, 'blkio', { v1: `blkio.throttle.${name}_device`, v2: 'io.max' })
  expect(rate('read_bps')).toContain(numbers)
  expect(rate('read_bps')).toContain('5000000')
  expect(rate('write_iops')).toContain('77')
})

test('open files are limited, and the machine’s own limit is the most', async () => {
  const { id } = await start('ulimit -n; ulimit -Hn; sleep 60', { openFiles: 1234 })
  expect(await firstLine(site.engine, id)).toBe('1234')
  await expect(start('true', { openFiles: 2 ** 31 })).rejects.toMatchObject({
    code: 'CONTAINER.LIMIT_UNSUPPORTED',
  })
})

test('where the file system cannot hold it, a limit of what it writes into its root is refused', async () => {
  const refused = {
    code: 'CONTAINER.LIMIT_UNSUPPORTED',
    message: expect.stringContaining('quotas of projects'),
  }
  await expect(start('true', { writableBytes: 10 * megabyte })).rejects.toMatchObject(refused)
  await expect(start('true', { writableFiles: 100 })).rejects.toMatchObject(refused)
  await expect(start('true', { writableBytes: 10 })).rejects.toMatchObject({ code: 'CONTAINER.INVALID' })
})
