import { expect, test } from 'vitest'
import { openTurns } from './turns.ts'

const app = { id: '1', name: 'shop' }
const signal = new AbortController().signal
const silent = { signal, onWait: () => undefined }

test('the first has its turn at once, the next when it is released', async () => {
  const turns = openTurns()
  const said: string[] = []
  const release = await turns.take(app, { signal, onWait: () => said.push('first waits') })
  const second = turns.take(app, { signal, onWait: () => said.push('second waits') })
  expect(said).toEqual(['second waits'])
  release()
  release()
  const third = turns.take(app, silent)
  const releaseSecond = await second
  expect(await Promise.race([third, Promise.resolve('waiting')])).toBe('waiting')
  releaseSecond()
  ;(await third)()
  ;(await turns.take(app, silent))()
})

test('apps do not wait for each other', async () => {
  const turns = openTurns()
  await turns.take(app, silent)
  await turns.take({ id: '2', name: 'other' }, silent)
})

test('a newer one takes the place of the one that waits', async () => {
  const turns = openTurns()
  const release = await turns.take(app, silent)
  const older = turns.take(app, silent)
  const newer = turns.take(app, silent)
  await expect(older).rejects.toMatchObject({ code: 'PUSH.SUPERSEDED' })
  release()
  ;(await newer)()
})

test('one that gives up leaves the line', async () => {
  const turns = openTurns()
  const release = await turns.take(app, silent)
  const gone = new AbortController()
  const waiting = turns.take(app, { signal: gone.signal, onWait: () => undefined })
  gone.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  release()
  ;(await turns.take(app, silent))()
  await expect(turns.take(app, { signal: gone.signal, onWait: () => undefined })).rejects.toThrow('gone')
})
