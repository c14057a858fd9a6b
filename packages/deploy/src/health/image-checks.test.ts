import { expect, test } from 'vitest'
import { imageChecks } from './image-checks.ts'

const healthcheck = (test: string[], given: object = {}) => ({
  healthcheck: {
    test,
    intervalMs: 0,
    timeoutMs: 0,
    startPeriodMs: 0,
    startIntervalMs: 0,
    retries: 0,
    ...given,
  },
  shell: null,
})
const argvOf = (image: Parameters<typeof imageChecks>[0]) =>
  imageChecks(image).map(({ probe }) => (probe.kind === 'command' ? probe.argv : []))[0]

test('an image without one has no checks, nor one that took it away', () => {
  expect(imageChecks({ healthcheck: null, shell: null })).toEqual([])
  expect(imageChecks(healthcheck(['NONE']))).toEqual([])
  expect(imageChecks(healthcheck([]))).toEqual([])
})

test('a list of words is run as it is, a line by the shell of the image', () => {
  expect(argvOf(healthcheck(['CMD', 'curl', '-f', 'http://localhost/']))).toEqual([
    'curl',
    '-f',
    'http://localhost/',
  ])
  expect(argvOf(healthcheck(['CMD-SHELL', 'pg_isready || exit 1']))).toEqual([
    '/bin/sh',
    '-c',
    'pg_isready || exit 1',
  ])
  const bash = { ...healthcheck(['CMD-SHELL', 'true']), shell: ['/bin/bash', '-o', 'pipefail', '-c'] }
  expect(argvOf(bash)).toEqual(['/bin/bash', '-o', 'pipefail', '-c', 'true'])
})

test('without numbers it is asked as Docker asks: three failures in a row, 30 s apart', () => {
  const [startup, liveness] = imageChecks(healthcheck(['CMD', 'check']))
  expect(liveness).toMatchObject({ type: 'liveness', attempts: 3, waitMs: 30_000, timeoutMs: 30_000 })
  expect(startup).toMatchObject({ type: 'startup', attempts: 18, waitMs: 5_000, timeoutMs: 30_000 })
})

test('a start has the start period, and then as many intervals as it may fail', () => {
  const numbers = {
    intervalMs: 10_000,
    timeoutMs: 3_000,
    startPeriodMs: 60_000,
    startIntervalMs: 2_000,
    retries: 4,
  }
  const [startup, liveness] = imageChecks(healthcheck(['CMD', 'check'], numbers))
  expect(startup).toMatchObject({ attempts: 50, waitMs: 2_000, timeoutMs: 3_000 })
  expect(liveness).toMatchObject({ attempts: 4, waitMs: 10_000 })
})

test('a start is never asked less often than the rest of its life', () => {
  expect(imageChecks(healthcheck(['CMD', 'check'], { intervalMs: 1_000, retries: 3 }))[0]).toMatchObject({
    attempts: 3,
    waitMs: 1_000,
  })
})
