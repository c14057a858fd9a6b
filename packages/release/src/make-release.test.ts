import { type AppName, parseProcessType, web } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { changeRelease, firstFormation, makeRelease } from './make-release.ts'
import { parseAppJson } from './parse-app-json.ts'
import { imageProcesses, parseProcfile } from './parse-procfile.ts'
import { portOf } from './port-of.ts'
import { runEnvironment } from './run-environment.ts'

const worker = parseProcessType('worker')

describe('a release', () => {
  test('is an image, a configuration and process types, and shares nothing with what it was made from', () => {
    const configuration = { variables: { KEY: 'a' }, secretFiles: { 'key.pem': 'aGVsbG8=' } }
    const release = makeRelease({
      app: { id: 'app' },
      imageDigest: 'sha256:1',
      revisionId: 'revision',
      procfile: parseProcfile('web: a\nrelease: b'),
      appJson: parseAppJson(
        '{"scripts": {"dokku": {"predeploy": "c"}}, "cron": [{"command": "d", "schedule": "@daily"}]}',
      ),
      configuration,
      limits: {},
      reason: 'Deploy 1a2b3c4',
      createdById: null,
    })
    configuration.variables.KEY = 'changed'
    expect(release).toEqual({
      appId: 'app',
      imageDigest: 'sha256:1',
      revisionId: 'revision',
      processes: [{ type: 'web', command: 'a' }],
      releaseCommand: 'b',
      configuration: { KEY: 'a' },
      secretFiles: { 'key.pem': 'aGVsbG8=' },
      healthchecks: {},
      scripts: { predeploy: 'c', postdeploy: null, firstDeploy: null },
      cron: [{ command: 'd', schedule: '@daily' }],
      limits: {},
      reason: 'Deploy 1a2b3c4',
      createdById: null,
    })
  })

  test('that changes another is the same in everything else, and a record of its own', () => {
    const before = { ...bare, id: 'one', version: 7, createdAt: new Date(0) }
    const next = changeRelease(before, { configuration: { KEY: 'b' }, reason: 'Set KEY', createdById: 'ada' })
    expect(next).toEqual({ ...bare, configuration: { KEY: 'b' }, reason: 'Set KEY', createdById: 'ada' })
  })
})

const bare = makeRelease({
  app: { id: 'app' },
  imageDigest: 'sha256:1',
  revisionId: null,
  procfile: imageProcesses,
  appJson: parseAppJson('{}'),
  configuration: { variables: { KEY: 'a' }, secretFiles: {} },
  limits: {},
  reason: 'Deploy 1a2b3c4',
  createdById: null,
})

describe('the first formation', () => {
  test('is one web and nothing else', () => {
    const { processes } = parseProcfile('worker: a\nweb: b')
    expect(firstFormation(processes, parseAppJson('{}'))).toEqual({ web: 1, worker: 0 })
    expect(firstFormation(imageProcesses.processes, parseAppJson('{}'))).toEqual({ web: 1 })
    expect(firstFormation([{ type: worker }], parseAppJson('{}'))).toEqual({ worker: 0 })
  })

  test('is what app.json says, for the process types that exist', () => {
    const appJson = parseAppJson(
      '{"formation": {"web": {"quantity": 0}, "worker": {"quantity": 3}, "gone": {"quantity": 9}}}',
    )
    expect(firstFormation([{ type: web }, { type: worker }], appJson)).toEqual({ web: 0, worker: 3 })
  })
})

describe('the port', () => {
  test.each([
    [['8080/tcp'], 8080],
    [['53/udp', '3000', '80/tcp'], 3000],
    [['53/udp'], 5000],
    [['0/tcp', '99999/tcp', 'web'], 5000],
    [[], 5000],
  ])('of an image that exposes %j is %i', (exposedPorts, port) => {
    expect(portOf({ exposedPorts })).toBe(port)
  })
})

describe('the environment of an instance', () => {
  const given = {
    app: { name: 'shop' as AppName },
    release: { version: 12 },
    port: 8080,
    revision: 'a'.repeat(40),
    configuration: { KEY: 'value', PORT: '1', BERTH_APP: 'other', DYNO: 'other' },
  }

  test('says where and what it is, whatever the configuration says', () => {
    expect(runEnvironment({ ...given, instance: { type: web, index: 1 } })).toEqual({
      KEY: 'value',
      PORT: '8080',
      BERTH_APP: 'shop',
      BERTH_RELEASE: 'v12',
      BERTH_REVISION: 'a'.repeat(40),
      BERTH_PROCESS: 'web.1',
      DYNO: 'web.1',
    })
  })

  test('has a PORT of Berth only for web', () => {
    const environment = runEnvironment({ ...given, configuration: {}, instance: { type: worker, index: 2 } })
    expect(environment.PORT).toBeUndefined()
    expect(environment.BERTH_PROCESS).toBe('worker.2')
  })
})
