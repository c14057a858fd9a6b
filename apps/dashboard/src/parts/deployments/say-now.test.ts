import { expect, test } from 'vitest'
import type { Step } from '../../live/stage-model.ts'
import { sayNow } from './say-now.ts'

const step = (more: Partial<Step>): Step => ({
  ...{ key: 'a/1', title: 'RUN npm ci', startedAt: 1, outcome: null, durationMs: null },
  ...{ lastLine: null, progress: null, part: 'build' },
  ...more,
})

test('says what is done just now, and how far it is', () => {
  expect(sayNow([])).toBeNull()
  expect(sayNow([step({})])).toBe('RUN npm ci')
  expect(sayNow([step({ part: 'before', title: 'Running the release command: x' })])).toBe('release command')
  const starting = { part: 'instances', title: 'Starting web.1' } as const
  expect(sayNow([step({ ...starting, progress: 'check 2 of 3' })])).toBe(
    'Starting web.1, health check 2 of 3',
  )
  expect(sayNow([step({ outcome: 'done' }), step(starting), step(starting)])).toBe('Starting 2 instances')
})
