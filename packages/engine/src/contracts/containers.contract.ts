import { stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ContractKit } from './contract-kit.ts'

/** What every engine promises about containers, their logs and their images. */
export function containersContract({
  containers,
  engine,
  image,
  spec,
  run,
  linesOf,
  textOf,
}: ContractKit): void {
  test('a container is created, runs, and has exited, with its code', async () => {
    const created = await containers().create(spec('sleep 0.2; exit 3'))
    expect(created.state).toBe('created')

    const running = await containers().start(created.id)
    expect(running.state).toBe('running')
    expect(running.pid).toBeGreaterThan(0)
    expect(running.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    // Where the machine has IPv6.
    expect(running.address6 ?? 'fd00::1').toMatch(/^fd[0-9a-f:]+$/)

    const exit = await containers().wait(created.id)
    expect(exit).toMatchObject({ code: 3, signal: null, outOfMemory: false })
    // Whatever ran had some; a kernel that does not count it is none that this is tested on.
    expect(exit.peakMemoryBytes).toBeGreaterThan(4_096)
    const exited = { state: 'exited', address: null, address6: null, pid: null }
    expect(await containers().get(created.id)).toMatchObject(exited)
  })

  test('without a network there is no address', async () => {
    expect(await run('sleep 60', { network: 'none' })).toMatchObject({ address: null, address6: null })
  })

  test('names are taken once', async () => {
    await containers().create(spec('sleep 60', { name: 'only' }))
    await expect(containers().create(spec('sleep 60', { name: 'only' }))).rejects.toMatchObject({
      code: 'CONTAINER.NAME_TAKEN',
    })
  })

  test.each(['', '-x', 'a/b', 'a\0b', 'x'.repeat(300)])('%j is no name', async (name) => {
    await expect(containers().create(spec('true', { name }))).rejects.toMatchObject({
      code: 'CONTAINER.INVALID',
    })
  })

  test('an image that is not there is named', async () => {
    await expect(containers().create(spec('true', { image: 'nobody/nothing:v1' }))).rejects.toMatchObject({
      code: 'IMAGE.NOT_FOUND',
    })
  })

  test('a program that is not in the image does not start, and the reason is told', async () => {
    const created = await containers().create(spec('', { command: ['/no-such-program'] }))
    await expect(containers().start(created.id)).rejects.toMatchObject({
      code: 'CONTAINER.PROGRAM_NOT_FOUND',
      message: expect.stringContaining('/no-such-program'),
    })
    expect((await containers().get(created.id)).state).not.toBe('running')
  })

  test('what it prints is in its log, by stream, with the environment it was given', async () => {
    const { id } = await run('echo hello $NAME; echo trouble >&2', { env: { NAME: 'berth' } })
    await containers().wait(id)
    const lines = await linesOf(id)
    expect(lines.filter((line) => line.stream === 'stdout').map((line) => line.text)).toEqual(['hello berth'])
    expect(lines.filter((line) => line.stream === 'stderr').map((line) => line.text)).toEqual(['trouble'])
    expect(Math.abs(Date.now() - (lines[0]?.at.getTime() ?? 0))).toBeLessThan(10_000)
  })

  test('a tail is the last lines', async () => {
    const { id } = await run('echo one; echo two; echo three')
    await containers().wait(id)
    expect(await textOf(id, { tail: 2 })).toEqual(['two', 'three'])
    expect(await textOf(id, { tail: 0 })).toEqual([])
    expect(await textOf(id, { tail: 99 })).toEqual(['one', 'two', 'three'])
    expect(await textOf(id, { since: new Date(Date.now() + 60_000) })).toEqual([])
  })

  test('a log is followed until the container has exited', async () => {
    const { id } = await run('echo first; sleep 0.5; echo last')
    expect(await textOf(id, { follow: true })).toEqual(['first', 'last'])
  })

  test('a follower that has read enough goes without an error', async () => {
    const { id } = await run('echo first; sleep 60')
    const enough = new AbortController()
    for await (const line of containers().logs(id, {
      follow: true,
      tail: null,
      since: null,
      signal: enough.signal,
    })) {
      expect(line.text).toBe('first')
      enough.abort()
    }
  })

  test('the log outlives its container', async () => {
    const { id, logPath } = await run('echo remembered')
    await containers().wait(id)
    await containers().remove(id)
    expect((await stat(logPath)).size).toBeGreaterThan(10)
  })

  test('stop asks first, and what ends by a signal says so', async () => {
    const { id } = await run('sleep 60')
    const stopped = await containers().stop(id, { timeoutMs: 10_000 })
    expect(stopped.exit).toMatchObject({ code: 143, signal: 'SIGTERM' })
    expect((await containers().stop(id, { timeoutMs: 10_000 })).state).toBe('exited')
  })

  test('stop kills what does not listen', async () => {
    const { id } = await run(`trap '' TERM; echo deaf; sleep 60`)
    for await (const _line of containers().logs(id, { follow: true, tail: null, since: null })) break
    const stopped = await containers().stop(id, { timeoutMs: 200 })
    expect(stopped.exit).toMatchObject({ code: 137, signal: 'SIGKILL', outOfMemory: false })
  })

  test('kill sends the signal that was named', async () => {
    const { id } = await run('sleep 60')
    await containers().kill(id, 'SIGKILL')
    expect(await containers().wait(id)).toMatchObject({ code: 137 })
    await expect(containers().kill(id, 'SIGKILL')).rejects.toMatchObject({ code: 'CONTAINER.NOT_RUNNING' })
  })

  test('an exited container can be started again', async () => {
    const { id } = await run('echo again; exit 1')
    await containers().wait(id)
    await containers().start(id)
    await containers().wait(id)
    expect(await textOf(id)).toEqual(['again', 'again'])
  })

  test('a removed container is gone, whether it ran or not, and however often', async () => {
    const { id } = await run('sleep 60')
    await containers().remove(id)
    await containers().remove(id)
    await expect(containers().get(id)).rejects.toMatchObject({ code: 'CONTAINER.NOT_FOUND' })
    await expect(containers().start(id)).rejects.toMatchObject({ code: 'CONTAINER.NOT_FOUND' })
  })

  test('containers are listed by their labels', async () => {
    await run('sleep 60', { labels: { app: 'a', type: 'web' } })
    await run('sleep 60', { labels: { app: 'b', type: 'web' } })
    expect(await containers().list({ app: 'a' })).toHaveLength(1)
    expect(await containers().list({ type: 'web' })).toHaveLength(2)
    expect(await containers().list({ app: 'a', type: 'worker' })).toHaveLength(0)
  })

  test('waiting can be given up', async () => {
    const { id } = await run('sleep 60')
    await expect(containers().wait(id, AbortSignal.timeout(50))).rejects.toThrow()
  })

  test('an image in use is not removed', async () => {
    await run('sleep 60')
    await expect(engine().images.remove(image())).rejects.toMatchObject({ code: 'IMAGE.IN_USE' })
  })

  test('an image tells which programs it has', async () => {
    const { images } = engine()
    const has = await Promise.all(
      ['sh', 'no-such-program', '', '/bin/sh', '../bin/sh'].map((name) => images.hasProgram(image(), name)),
    )
    expect(has).toEqual([true, false, false, false, false])
    await expect(images.hasProgram('nobody/nothing:v1', 'sh')).rejects.toMatchObject({
      code: 'IMAGE.NOT_FOUND',
    })
  })

  test('stats are numbers of this container', async () => {
    const { id } = await run('sleep 60')
    const stats = await containers().stats(id)
    expect(stats.memoryBytes).toBeGreaterThan(0)
    expect(stats.memoryLimitBytes).toBe(128 * 1024 * 1024)
    expect(stats.pids).toBeGreaterThan(0)
  })
}
