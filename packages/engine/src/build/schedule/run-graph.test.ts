import { expect, test } from 'vitest'
import { runGraph } from './run-graph.ts'

const graph: Readonly<Record<string, readonly string[]>> = { a: [], b: ['a'], c: [], d: ['b', 'c'], e: [] }
const signal = new AbortController().signal
const options = { ids: Object.keys(graph), needs: (id: string) => graph[id] ?? [], signal }
const turn = () => new Promise(setImmediate)

test('each begins when those it needs are done, never more at a time than allowed', async () => {
  const log: string[] = []
  let now = 0
  let most = 0
  const work = async (id: string) => {
    most = Math.max(most, ++now)
    log.push(`${id} begins`)
    await turn()
    log.push(`${id} ends`)
    now -= 1
  }
  await runGraph({ ...options, limit: 2, work })
  expect(most).toBe(2)
  for (const [id, needs] of Object.entries(graph))
    for (const need of needs) expect(log.indexOf(`${need} ends`)).toBeLessThan(log.indexOf(`${id} begins`))
  expect(log).toHaveLength(10)
})

test('the first failure ends the others and is the one that is told; nothing is left running', async () => {
  const ended: string[] = []
  const work = async (id: string, stop: AbortSignal) => {
    if (id === 'a') {
      await turn()
      throw new Error('a broke')
    }
    await new Promise((resolve) => stop.addEventListener('abort', resolve))
    ended.push(id)
    throw stop.reason
  }
  await expect(runGraph({ ...options, limit: 4, work })).rejects.toThrow('a broke')
  expect(ended.toSorted()).toEqual(['c', 'e'])
})

test('what is broken off from outside tells why', async () => {
  const work = async (_id: string, stop: AbortSignal) => stop.throwIfAborted()
  const aborted = AbortSignal.abort(new Error('the pusher left'))
  await expect(runGraph({ ...options, limit: 1, signal: aborted, work })).rejects.toThrow('the pusher left')
})
