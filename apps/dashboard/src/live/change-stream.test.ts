import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ChangeStream, type Observer } from './change-stream.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function openStream() {
  const opened: { observer: Observer; isClosed: boolean }[] = []
  const stream = new ChangeStream((observer) => {
    const one = { observer, isClosed: false }
    opened.push(one)
    return () => {
      one.isClosed = true
    }
  })
  const told: string[] = []
  const listen = (name: string, app?: string) =>
    stream.listen({
      app,
      onChange: () => told.push(name),
      onHearing: (isHearing) => told.push(`${name} ${isHearing ? 'hears' : 'does not hear'}`),
    })
  return { stream, opened, told, listen, last: () => opened.at(-1)?.observer as Observer }
}

test('each hears of the app that it shows; without one, of all', () => {
  const { told, listen, last } = openStream()
  listen('shop page', 'shop')
  listen('list')
  last().onChanges({ apps: ['tides'], teams: ['t'] })
  expect(told).toEqual(['shop page hears', 'list hears', 'list'])
  last().onChanges({ apps: ['shop'], teams: ['t'] })
  expect(told.slice(3)).toEqual(['shop page', 'list'])
})

test('what begins with everything is read by all', () => {
  const { told, listen, last } = openStream()
  listen('shop page', 'shop')
  last().onChanges('everything')
  expect(told).toEqual(['shop page hears', 'shop page'])
})

test('all pages of a tab share one stream, and a page that follows another keeps it', () => {
  const { opened, listen } = openStream()
  const leave = listen('one')
  listen('two')()
  leave()
  vi.advanceTimersByTime(500)
  const leaveNext = listen('three')
  vi.advanceTimersByTime(10_000)
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([false])
  leaveNext()
  vi.advanceTimersByTime(1_000)
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true])
})

test('a lost connection is told, and so is its return', () => {
  const { told, listen, last } = openStream()
  listen('one')
  last().onChanges('everything')
  last().onConnection(false)
  last().onConnection(true)
  last().onChanges('everything')
  expect(told).toEqual(['one hears', 'one', 'one does not hear', 'one hears', 'one'])
})

test('a stream that ended is opened again, but not for somebody who is signed out', () => {
  const { stream, opened, listen, last } = openStream()
  let signedOut = 0
  stream.whenSignedOut(() => {
    signedOut += 1
  })
  listen('one')
  last().onEnd(false)
  vi.advanceTimersByTime(5_000)
  expect(opened).toHaveLength(2)
  last().onEnd(true)
  vi.advanceTimersByTime(60_000)
  expect([opened.length, signedOut]).toEqual([2, 1])
})
