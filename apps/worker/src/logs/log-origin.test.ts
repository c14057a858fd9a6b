import { label, oneOffKindLabel, taskType } from '@berth/deploy'
import { expect, test } from 'vitest'
import { originOf, parsePlace, printPlace } from './log-origin.ts'
import { routerLine } from './router-line.ts'

const labels = (type: string, more: Record<string, string> = {}) => ({
  ...{ [label.app]: 'a', [label.process]: type, [label.index]: '2', [label.release]: '7' },
  ...more,
})

test('whose lines a container’s are stands in its labels', () => {
  expect(originOf(labels('web'))).toEqual({ instance: 'web.2', release: 7, source: 'app' })
  expect(originOf(labels(taskType))).toMatchObject({ source: 'deploy' })
  expect(originOf(labels('cron', { [oneOffKindLabel]: 'cron' }))).toMatchObject({ source: 'cron' })
  expect(originOf({})).toBeUndefined()
})

test('a place is read as it was written, and nothing else is one', () => {
  const origin = { instance: 'web.1', release: null, source: 'app' as const }
  const place = { inode: 12, began: '2026-11-22T10:00:00.123456789Z', offset: 99 }
  for (const each of [place, { ...place, began: '' }]) {
    const mark = printPlace('c1', origin, each)
    expect(mark.key).toBe('c1')
    expect(parsePlace(mark.value ?? '')).toEqual({ ...origin, place: each })
  }
  for (const wrong of ['', '1 2', 'a b c d e app', '1 2 x web.1 1 elsewhere'])
    expect(parsePlace(wrong)).toBeUndefined()
})

test('a request is a line of words', () => {
  const request = {
    ...{ atMs: 1, routeId: 'a', target: 'web.1-0123456789abcdef', host: '', method: 'GET', path: '/a' },
    ...{ status: 502, requestBytes: 1, responseBytes: 2, queueMs: 0, connectMs: null, firstByteMs: null },
    ...{ totalMs: 5, client: '::1', ended: 'SH' },
  }
  expect(routerLine(request)).toEqual({
    ...{ atMs: 1, source: 'router', instance: 'router', release: null, stream: 'stderr' },
    text: 'method=GET path="/a" status=502 instance=web.1 client=::1 queue=0ms total=5ms bytes=2 ended=SH',
  })
  expect(routerLine({ ...request, target: null, status: 200 })).toMatchObject({
    stream: 'stdout',
    text: expect.stringContaining('instance=none'),
  })
})
