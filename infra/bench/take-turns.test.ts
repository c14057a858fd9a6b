import { expect, test } from 'vitest'
import { sidesInTurn, takeTurns } from './take-turns.ts'

function recorder() {
  const done: string[] = []
  const note = (word: string) => async (round: number) => void done.push(`${word} ${round}`)
  return { done, note }
}

test('who goes first changes from round to round', () => {
  expect([0, 1, 2].map(sidesInTurn)).toEqual([
    ['berth', 'other'],
    ['other', 'berth'],
    ['berth', 'other'],
  ])
})

test('every round prepares and takes every turn, and every time is kept', async () => {
  const { done, note } = recorder()
  const turns = [
    { title: 'a', prepare: note('prepare a'), berth: note('berth a'), other: note('other a') },
    { title: 'b', berth: note('berth b'), other: note('other b') },
  ]
  const options = { rounds: 2, signal: new AbortController().signal, say: () => {} }
  const times = await takeTurns(turns, options)
  const first = ['prepare a 0', 'berth a 0', 'other a 0', 'berth b 0', 'other b 0']
  expect(done).toEqual([...first, 'prepare a 1', 'other a 1', 'berth a 1', 'other b 1', 'berth b 1'])
  expect(times.map(({ title, berthMs, otherMs }) => [title, berthMs.length, otherMs.length])).toEqual([
    ['a', 2, 2],
    ['b', 2, 2],
  ])
})

test('a stop is seen before the next measurement', async () => {
  const { done, note } = recorder()
  const stopped = new AbortController()
  const berth = async () => stopped.abort(new Error('enough'))
  const turns = [{ title: 'a', berth, other: note('other') }]
  await expect(takeTurns(turns, { rounds: 3, signal: stopped.signal, say: () => {} })).rejects.toThrow(
    'enough',
  )
  expect(done).toEqual([])
})
