import { type Build, type Deployment, noScripts, type Release } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { joinAttempts } from './attempt.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 12, minute))

const build = (id: string, minute: number, more: Partial<Build> = {}): Build => ({
  id,
  appId: 'app',
  revisionId: `revision of ${id}`,
  source: { kind: 'push' },
  createdById: null,
  state: 'succeeded',
  imageDigest: `image of ${id}`,
  reusedSteps: null,
  steps: null,
  error: null,
  createdAt: at(minute),
  startedAt: at(minute),
  finishedAt: at(minute),
  ...more,
})

const release = (version: number, buildId: string, minute: number): Release => ({
  id: `release ${version}`,
  appId: 'app',
  version,
  imageDigest: `image of ${buildId}`,
  revisionId: `revision of ${buildId}`,
  processes: [],
  releaseCommand: null,
  configuration: {},
  secretFiles: {},
  healthchecks: {},
  scripts: noScripts,
  cron: [],
  limits: {},
  reason: 'push',
  createdById: null,
  createdAt: at(minute),
})

const deployment = (version: number, minute: number, state: Deployment['state'] = 'live'): Deployment => ({
  id: `deployment ${version}`,
  appId: 'app',
  releaseId: `release ${version}`,
  cause: 'build',
  createdById: null,
  isFirst: false,
  settledAt: null,
  state,
  error: null,
  createdAt: at(minute),
  startedAt: at(minute),
  finishedAt: null,
})

describe('attempts', () => {
  test('join a build with the release and the deployment it led to', () => {
    const [attempt] = joinAttempts({
      builds: [build('b1', 1)],
      releases: [release(1, 'b1', 2)],
      deployments: [deployment(1, 3)],
    })
    expect(attempt).toMatchObject({
      id: 'b1',
      state: 'live',
      release: { version: 1 },
      deployment: { id: 'deployment 1' },
    })
  })

  test('count a build that failed, and one that runs', () => {
    const attempts = joinAttempts({
      builds: [build('b2', 5, { state: 'running', imageDigest: null }), build('b1', 1, { state: 'failed' })],
      releases: [],
      deployments: [],
    })
    expect(attempts.map(({ id, state }) => [id, state])).toEqual([
      ['b2', 'building'],
      ['b1', 'failed'],
    ])
  })

  test('a build that has just succeeded is still under way', () => {
    const [attempt] = joinAttempts({ builds: [build('b1', 1)], releases: [], deployments: [] })
    expect(attempt?.state).toBe('starting')
  })

  test('a rollback to the image of an old build is an attempt of its own', () => {
    const attempts = joinAttempts({
      builds: [build('b1', 1)],
      releases: [release(1, 'b1', 2), release(2, 'b1', 9)],
      deployments: [deployment(1, 3, 'superseded'), deployment(2, 10)],
    })
    expect(attempts.map(({ id, build }) => [id, build?.id ?? null])).toEqual([
      ['deployment 2', null],
      ['b1', 'b1'],
    ])
  })

  test('the same commit pushed twice gives each build its own deployment', () => {
    const same = { revisionId: 'r', imageDigest: 'i' }
    const attempts = joinAttempts({
      builds: [build('b1', 1, same), build('b2', 5, same)],
      releases: [
        { ...release(1, 'b1', 2), ...same },
        { ...release(2, 'b2', 6), ...same },
      ],
      deployments: [deployment(1, 3, 'superseded'), deployment(2, 7)],
    })
    expect(attempts.map(({ id, release }) => [id, release?.version])).toEqual([
      ['b2', 2],
      ['b1', 1],
    ])
  })
})
