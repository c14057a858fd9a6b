import type { InstanceState } from '@berth/observe'
import { describe, expect, test } from 'vitest'
import { appState } from './app-state.ts'

const instances = (...states: InstanceState[]) => states.map((state) => ({ state }))

describe('an app', () => {
  test('that nothing was deployed to is empty', () => {
    expect(appState({ latest: null, hasLive: false, instances: [] })).toBe('empty')
  })

  test.each(['queued', 'building', 'starting', 'healthy'] as const)(
    'whose newest attempt is %s is deploying',
    (latest) => {
      expect(appState({ latest, hasLive: true, instances: instances('running') })).toBe('deploying')
    },
  )

  test('whose every attempt failed has failed', () => {
    expect(appState({ latest: 'failed', hasLive: false, instances: [] })).toBe('failed')
  })

  test('whose newest attempt failed is live as long as the version before it answers', () => {
    expect(appState({ latest: 'failed', hasLive: true, instances: instances('running') })).toBe('live')
  })

  test('is never called live because of records alone', () => {
    expect(appState({ latest: 'live', hasLive: true, instances: null })).toBe('unknown')
    expect(appState({ latest: 'live', hasLive: true, instances: [] })).toBe('stopped')
  })

  test.each([
    [['running', 'running'], 'live'],
    [['running', 'starting'], 'live'],
    [['running', 'crashed'], 'unhealthy'],
    [['running', 'restarting'], 'unhealthy'],
    [['crashed', 'starting'], 'crashed'],
    [['restarting'], 'crashed'],
    [['starting', 'starting'], 'starting'],
    [['running', 'stopping'], 'live'],
    [['stopped'], 'stopped'],
  ] as const)('with instances %j is %s', (states, said) => {
    expect(appState({ latest: 'live', hasLive: true, instances: instances(...states) })).toBe(said)
  })
})
