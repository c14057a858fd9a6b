import { expect, test } from 'vitest'
import { canonicalJson, emptyImageConfig, imageDigest } from './image-config.ts'
import { imageConfigFrom, ociConfigSchema } from './oci-config.ts'

test('the digest does not depend on the order of keys, and does on everything else', () => {
  const config = { ...emptyImageConfig(), env: { A: '1', B: '2' } }
  const turned = {
    ...Object.fromEntries(Object.entries(config).reverse()),
    env: { B: '2', A: '1' },
  } as typeof config
  expect(imageDigest(turned, ['a'])).toBe(imageDigest(config, ['a']))
  expect(imageDigest(config, ['b'])).not.toBe(imageDigest(config, ['a']))
  expect(imageDigest({ ...config, command: ['x'] }, ['a'])).not.toBe(imageDigest(config, ['a']))
  const entry = { createdBy: 'RUN x', comment: '', emptyLayer: false, createdAt: new Date(0) }
  expect(imageDigest(config, ['a'], [entry])).not.toBe(imageDigest(config, ['a']))
  expect(imageDigest(config, ['a'], [])).toBe(imageDigest(config, ['a']))
})

test('canonical JSON sorts keys at every depth and leaves lists alone', () => {
  expect(canonicalJson({ b: [2, 1], a: { d: null, c: 'x' } })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}')
})

test('an OCI configuration is taken over, durations in milliseconds', () => {
  const oci = ociConfigSchema.parse({
    architecture: 'amd64',
    author: 'Somebody',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [] },
    config: {
      User: '33',
      ExposedPorts: { '80/tcp': {}, '53': {} },
      Env: ['PATH=/bin', 'EMPTY=', 'WITH=a=b', 'broken', '=no'],
      Entrypoint: ['/init'],
      Cmd: [],
      Volumes: { '/data': {} },
      WorkingDir: '',
      Labels: { a: 'b' },
      StopSignal: 'SIGQUIT',
      Healthcheck: { Test: ['CMD', 'x'], Interval: 5e9, Retries: 2 },
    },
  })
  expect(imageConfigFrom(oci)).toMatchObject({
    user: '33',
    author: 'Somebody',
    exposedPorts: ['53/tcp', '80/tcp'],
    env: { PATH: '/bin', EMPTY: '', WITH: 'a=b' },
    entrypoint: ['/init'],
    command: null,
    volumes: ['/data'],
    workingDirectory: '/',
    labels: { a: 'b' },
    stopSignal: 'SIGQUIT',
    healthcheck: { test: ['CMD', 'x'], intervalMs: 5_000, timeoutMs: 0, retries: 2 },
  })
})
