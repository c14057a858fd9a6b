import { expect, test } from 'vitest'
import type { ContainerEvent } from '../engine.ts'
import type { ContractKit } from './contract-kit.ts'

/** What every engine tells of its containers. */
export function eventsContract({ containers, run }: ContractKit): void {
  test('events tell what happened, in order', async () => {
    const events: ContainerEvent[] = []
    const unsubscribe = containers().subscribe((event) => events.push(event))
    const { id } = await run('exit 7')
    await containers().wait(id)
    await containers().remove(id)
    await expect.poll(() => events.length).toBe(4)
    unsubscribe()
    expect(events.map((event) => event.kind)).toEqual(['created', 'started', 'exited', 'removed'])
    expect(events[2]?.container.exit?.code).toBe(7)
    expect(events.every(({ at }) => Math.abs(Date.now() - at.getTime()) < 60_000)).toBe(true)
  })

  test('events tell what was done by hand, and with what', async () => {
    const events: ContainerEvent[] = []
    const unsubscribe = containers().subscribe((event) => events.push(event))
    const { id, name } = await run('sleep 60')
    await containers().rename(id, 'told')
    await containers().pause(id)
    await containers().resume(id)
    await containers().stop(id, { timeoutMs: 10_000 })
    await expect.poll(() => events.at(-1)?.kind).toBe('exited')
    unsubscribe()
    expect(events.map((event) => event.kind)).toEqual([
      ...['created', 'started', 'renamed', 'paused', 'resumed', 'stopping', 'exited'],
    ])
    expect(events[2]).toMatchObject({ formerName: name, container: { name: 'told' } })
  })

  test('who comes late can ask for what happened since', async () => {
    const since = new Date()
    const { id } = await run('sleep 60')
    const events: ContainerEvent[] = []
    const unsubscribe = containers().subscribe((event) => events.push(event), { since })
    await containers().kill(id, 'SIGKILL')
    await containers().wait(id)
    const ofThis = () => events.filter(({ container }) => container.id === id).map(({ kind }) => kind)
    await expect.poll(() => ofThis().length).toBe(4)
    unsubscribe()
    expect(ofThis().slice(0, 2)).toEqual(['created', 'started'])
    expect(ofThis().toSorted()).toEqual(['created', 'exited', 'killed', 'started'])
  })
}
