import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { watchDisk } from './disk-watch.ts'

const megabyte = 1024 ** 2

test('a step does not hide behind what others remove from the same disk', { timeout: 60_000 }, async () => {
  const directory = await mkdtemp('/tmp/berth-watch-')
  const ended = new AbortController()
  try {
    const [own, others] = [`${directory}/own`, `${directory}/others`]
    await mkdir(own)
    await writeFile(others, Buffer.alloc(64 * megabyte, 1), { flush: true })
    const left = () => ({ bytes: 8 * megabyte, files: 1_000 })
    const watching = watchDisk({ directories: [own], left, seen: () => undefined }, ended.signal)
    await writeFile(`${own}/big`, Buffer.alloc(16 * megabyte, 1), { flush: true })
    await rm(others)
    expect(await watching).toBe('too many bytes')
  } finally {
    ended.abort()
    await rm(directory, { recursive: true })
  }
})
