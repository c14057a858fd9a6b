import { expect, test } from 'vitest'
import type { ContractKit } from './contract-kit.ts'

/** What every engine promises about a container's states, names and restarts. */
export function lifeContract({ containers, run, spec, textOf }: ContractKit): void {
  test('a paused container stands still until it is resumed', async () => {
    const { id } = await run('sleep 60')
    expect((await containers().pause(id)).state).toBe('paused')
    await expect(containers().pause(id)).rejects.toMatchObject({ code: 'CONTAINER.PAUSED' })
    expect((await containers().start(id)).state).toBe('paused')
    expect((await containers().resume(id)).state).toBe('running')
    await expect(containers().resume(id)).rejects.toMatchObject({ code: 'CONTAINER.NOT_PAUSED' })
  })

  test('what does not run is not paused', async () => {
    const { id } = await containers().create(spec('sleep 60'))
    await expect(containers().pause(id)).rejects.toMatchObject({ code: 'CONTAINER.NOT_RUNNING' })
    await expect(containers().resume(id)).rejects.toMatchObject({ code: 'CONTAINER.NOT_RUNNING' })
  })

  test('a paused container is stopped, killed and removed like any other', async () => {
    const stopped = await run('sleep 60')
    await containers().pause(stopped.id)
    expect((await containers().stop(stopped.id, { timeoutMs: 10_000 })).exit?.code).toBe(143)

    const killed = await run('sleep 60')
    await containers().pause(killed.id)
    await containers().kill(killed.id, 'KILL')
    expect((await containers().wait(killed.id)).code).toBe(137)

    const removed = await run('sleep 60')
    await containers().pause(removed.id)
    await containers().remove(removed.id)
    await expect(containers().get(removed.id)).rejects.toMatchObject({ code: 'CONTAINER.NOT_FOUND' })
  })

  test('a renamed container has the new name alone', async () => {
    const { id, name } = await containers().create(spec('sleep 60'))
    const other = await containers().create(spec('sleep 60'))
    expect((await containers().rename(id, 'renamed')).name).toBe('renamed')
    expect((await containers().get('renamed')).id).toBe(id)
    await expect(containers().get(name)).rejects.toMatchObject({ code: 'CONTAINER.NOT_FOUND' })
    await expect(containers().rename(other.id, 'renamed')).rejects.toMatchObject({
      code: 'CONTAINER.NAME_TAKEN',
    })
    await expect(containers().rename(other.id, 'a/b')).rejects.toMatchObject({ code: 'CONTAINER.INVALID' })
    await containers().create(spec('sleep 60', { name }))
  })

  test('a restart is a stop and a start, of what does not run just a start', async () => {
    const { id, startedAt } = await run('echo up; sleep 60')
    await expect.poll(() => textOf(id)).toEqual(['up'])
    const again = await containers().restart(id, { timeoutMs: 10_000 })
    expect(again.state).toBe('running')
    expect(again.startedAt?.getTime()).toBeGreaterThan(startedAt?.getTime() ?? 0)
    await containers().stop(id, { timeoutMs: 10_000 })
    expect((await containers().restart(id, { timeoutMs: 10_000 })).state).toBe('running')
  })

  test('one can wait for the next exit, and for the removal', async () => {
    const { id } = await run('exit 1')
    await containers().wait(id)
    const [next, removed] = [
      containers().wait(id, undefined, 'next exit'),
      containers().wait(id, undefined, 'removed'),
    ]
    await containers().start(id)
    expect((await next).code).toBe(1)
    await containers().remove(id)
    expect((await removed).code).toBe(1)
  })

  test('what fails is started again by its policy, as often as that says', async () => {
    const restart = { when: 'on-failure', mostRestarts: 2 } as const
    const { id } = await run('echo try; exit 1', { restart })
    await expect.poll(() => textOf(id), { timeout: 10_000 }).toEqual(['try', 'try', 'try'])
    await containers().wait(id)
    expect((await containers().get(id)).restarts).toBe(2)
  })

  test('what succeeds is not, on-failure', async () => {
    const events: string[] = []
    const unsubscribe = containers().subscribe(({ kind }) => events.push(kind))
    const { id } = await run('exit 0', { restart: { when: 'on-failure', mostRestarts: 0 } })
    await containers().wait(id)
    await containers().remove(id)
    await expect.poll(() => events.at(-1)).toBe('removed')
    unsubscribe()
    expect(events).not.toContain('restarting')
  })

  test('what is stopped by hand stays stopped', async () => {
    const { id } = await run('exit 1', { restart: { when: 'always', mostRestarts: 0 } })
    await expect
      .poll(async () => (await containers().get(id)).restarts ?? 0, { timeout: 10_000 })
      .toBeGreaterThan(1)
    const stopped = await containers().stop(id, { timeoutMs: 10_000 })
    expect(stopped.state).toBe('exited')
    expect(stopped.restartsAt ?? null).toBeNull()
  })
}
