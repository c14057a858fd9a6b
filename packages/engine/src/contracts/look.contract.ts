import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { ContractKit } from './contract-kit.ts'

/** What every engine promises to whoever looks: lists, figures, processes, logs by stream and time. */
export function lookContract({ containers, run, spec, image, textOf, linesOf }: ContractKit): void {
  test('containers are found by what they are', async () => {
    const first = await containers().create(spec('sleep 60', { name: 'found-one', group: 'other' }))
    // Times are of whole milliseconds.
    await pause(5)
    const second = await run('exit 3', { name: 'found-two' })
    await pause(5)
    const third = await run('sleep 60', { name: 'third' })
    await containers().wait(second.id)
    const found = async (filter: Parameters<ReturnType<typeof containers>['list']>[1]) =>
      (await containers().list({}, filter)).map(({ name }) => name).sort()
    expect(await found({ states: ['created', 'exited'] })).toEqual(['found-one', 'found-two'])
    expect(await found({ name: 'found' })).toEqual(['found-one', 'found-two'])
    expect(await found({ group: 'other' })).toEqual(['found-one'])
    expect(await found({ exitCodes: [3, 4] })).toEqual(['found-two'])
    expect(await found({ image: image() })).toHaveLength(3)
    expect(await found({ before: third.id, since: first.id })).toEqual(['found-two'])
    await expect(found({ image: 'nobody/nothing:v1' })).rejects.toMatchObject({ code: 'IMAGE.NOT_FOUND' })
    await expect(found({ before: 'nothing' })).rejects.toMatchObject({ code: 'CONTAINER.NOT_FOUND' })
  })

  test('pruning takes what does not run, by its labels and age', async () => {
    const kept = await run('sleep 60', { labels: { of: 'me' } })
    const gone = await containers().create(spec('sleep 60', { labels: { of: 'me' } }))
    const others = await containers().create(spec('sleep 60'))
    const old = { labels: { of: 'me' }, createdBefore: new Date(Date.now() - 60_000) }
    expect((await containers().prune(old)).removed).toEqual([])
    expect((await containers().prune({ labels: { of: 'me' } })).removed).toEqual([gone.id])
    expect((await containers().list()).map(({ id }) => id).sort()).toEqual([kept.id, others.id].sort())
  })

  test('figures come again and again, until it has ended', async () => {
    const { id } = await run('sleep 60')
    let seen = 0
    for await (const stats of containers().watchStats(id, 100)) {
      seen += 1
      expect(stats.pidsLimit).toBe(64)
      expect(stats.network?.receivedBytes).toBeGreaterThanOrEqual(0)
      expect(stats.blockIo.readBytes).toBeGreaterThanOrEqual(0)
      if (seen === 2) await containers().kill(id, 'SIGKILL')
      if (seen === 2) await containers().wait(id)
    }
    expect(seen).toBe(2)
    await expect(containers().stats(id)).rejects.toMatchObject({ code: 'CONTAINER.NOT_RUNNING' })
  })

  test('without a network there are no figures of one', async () => {
    const { id } = await run('sleep 60', { network: 'none' })
    expect((await containers().stats(id)).network).toBeNull()
  })

  test('its processes are told as it sees them itself', async () => {
    const { id, pid } = await run('sleep 60')
    const processes = await containers().top(id)
    expect(processes[0]).toMatchObject({ pid: 1, hostPid: pid, parentPid: 0, uid: 0 })
    expect(processes.some(({ command }) => command.join(' ').includes('sleep 60'))).toBe(true)
    await containers().stop(id, { timeoutMs: 10_000 })
    await expect(containers().top(id)).rejects.toMatchObject({ code: 'CONTAINER.NOT_RUNNING' })
  })

  test('a log is read by stream, and up to a time', async () => {
    const { id } = await run('echo one; echo oops >&2; echo two; sleep 0.1; echo three')
    await containers().wait(id)
    expect(await textOf(id, { stream: 'stderr' })).toEqual(['oops'])
    expect(await textOf(id, { stream: 'stderr', tail: 1 })).toEqual(['oops'])
    expect(await textOf(id, { stream: 'stdout', tail: 2 })).toEqual(['two', 'three'])
    const last = (await linesOf(id)).at(-1)?.at.getTime() ?? 0
    expect(await textOf(id, { stream: 'stdout', until: new Date(last - 1) })).toEqual(['one', 'two'])
  })

  test('a follower goes when its time is up', async () => {
    const { id } = await run('echo up; sleep 60')
    const until = new Date(Date.now() + 500)
    for (const text of await textOf(id, { follow: true, until })) expect(text).toBe('up')
    expect((await containers().get(id)).state).toBe('running')
  })
}
