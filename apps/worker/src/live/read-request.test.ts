import { everything } from '@berth/observe'
import { expect, test } from 'vitest'
import { readRequest } from './read-request.ts'

const id = '7b4f2d6e-98ab-4b6f-9a53-0d3f3a1c9e11'

test('every address of the protocol is read', () => {
  expect(readRequest('GET', `/stages/${id}/events?after=3&lease=1`)).toEqual({
    kind: 'stage-events',
    id,
    after: 3,
    lease: true,
  })
  expect(readRequest('POST', `/stages/${id}/cancel`)).toEqual({ kind: 'cancel-stage', id })
  expect(readRequest('GET', `/apps/${id}/instances`)).toEqual({ kind: 'instances', appId: id })
  expect(readRequest('GET', `/apps/${id}/logs?follow=1&tail=20&instance=web.1`)).toEqual({
    kind: 'logs',
    appId: id,
    query: { follow: true, tail: 20, after: null, filter: { ...everything, instance: 'web.1' } },
  })
  expect(readRequest('GET', `/apps/${id}/log-pages?before=9&limit=5&only=web.1,router&search=a%26b`)).toEqual(
    {
      kind: 'log-page',
      appId: id,
      query: {
        before: 9,
        after: null,
        limit: 5,
        filter: { ...everything, only: ['web.1', 'router'], search: 'a&b' },
      },
    },
  )
  expect(readRequest('GET', `/apps/${id}/metrics?from=1&to=2&points=3&instance=web.1`)).toEqual({
    kind: 'metrics',
    appId: id,
    query: { from: 1, to: 2, points: 3, instance: 'web.1', process: null },
  })
  expect(readRequest('GET', '/machine')).toEqual({ kind: 'machine' })
  expect(readRequest('POST', '/traffic')).toEqual({ kind: 'traffic' })
  expect(readRequest('GET', '/snapshot')).toEqual({ kind: 'snapshot' })
  expect(readRequest('GET', '/health')).toEqual({ kind: 'health' })
})

test.each([
  ['GET', '/'],
  ['GET', '/stages/../events'],
  ['GET', '/stages/not-a-uuid/events'],
  ['GET', `/stages/${id}/events?after=-1`],
  ['GET', `/stages/${id}/cancel`],
  ['GET', `/apps/${id}/logs?tail=1000000000`],
  ['GET', `/apps/${id}/logs?source=elsewhere`],
  ['GET', `/apps/${id}/log-pages?limit=0`],
  ['GET', `/apps/${id}/log-pages?search=${'a'.repeat(501)}`],
  ['DELETE', `/apps/${id}/instances`],
  ['GET', `/apps/${id}/metrics?from=1&to=2&points=100000`],
  ['GET', `/apps/${id}/metrics?from=1&to=2&points=3&instance=../web.1`],
  ['GET', '//'],
])('nobody answers %s %s', (method, target) => {
  expect(readRequest(method, target)).toBeUndefined()
})
