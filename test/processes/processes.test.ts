import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { killPart } from '../platform/processes.ts'
import type { Repository } from '../platform/repository.ts'
import { smallApp, smallVersion } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { underLoad, untilAnswer, visit } from '../platform/visitors.ts'

/** An app with two process types and a task of each kind, from before its first deployment until it is removed. */
let platform: Platform
let ada: Signed
let work: Repository
let app = 'shop'

const busybox = '/bin/busybox'
const files = {
  Procfile: [
    `web: ${busybox} httpd -f -p 5000 -h /www`,
    `worker: ${busybox} sleep 100000`,
    `release: ${busybox} echo release ran`,
    '',
  ].join('\n'),
  'app.json': appJson({}),
}

function appJson(scripts: { predeploy?: string; postdeploy?: string }): string {
  return JSON.stringify({
    formation: { worker: { quantity: 1 } },
    scripts: {
      dokku: {
        predeploy: `${busybox} echo predeploy ran`,
        postdeploy: `${busybox} echo postdeploy ran`,
        ...scripts,
      },
      postdeploy: `${busybox} echo first ran`,
    },
  })
}

beforeAll(async () => {
  platform = await startPlatform({ healthTimeoutMs: 30_000 })
  ada = await person(platform, 'ada')
  work = await smallApp(platform, app)
  await work.commit(files, 'Two process types')
  await platform.berth(['create', app], { env: ada.env })
})
afterAll(async () => {
  await platform?.remove()
})

type Instance = {
  name: string
  processType: string
  containerId: string
  state: string
  releaseVersion: number
  memoryLimitBytes: number | null
}

const berth = (...words: string[]) => platform.berth(words, { env: ada.env, okStatuses: [0, 1, 69, 70] })
const ok = async (...words: string[]) => {
  const done = await berth(...words)
  expect(done.status, `${words.join(' ')}\n${done.stdout}${done.stderr}`).toBe(0)
  return done.stdout
}
const json = async <Value>(...words: string[]) => JSON.parse(await ok(...words, '--json')) as Value
const instances = () => json<Instance[]>('ps', '--app', app)
const names = async () => (await instances()).map(({ name }) => name)
const idOf = async (name: string) =>
  (await instances()).find((instance) => instance.name === name)?.containerId
const releases = () => json<{ version: number; reason: string }[]>('releases', '--app', app)

/** What the tasks printed, in the log of a deployment, in its order. */
async function tasksOf(deployment: string): Promise<string[]> {
  const log = await ok('deployments', 'info', deployment, '--app', app)
  return [...log.matchAll(/^ +((?:predeploy|release|postdeploy|first) ran)$/gm)].map(([, line]) => line ?? '')
}

describe('before the first deployment', () => {
  test('quantities and limits are kept for it', async () => {
    expect(await ok('ps', 'scale', 'worker=2', '--app', app)).toMatch(/worker: 0 → 2\n.*first deployment/s)
    expect(await ok('limits', 'set', 'web', '--memory', '64m', '--app', app)).toMatch(/first deployment/)
    expect(await ok('ps', '--app', app)).toMatch(/no instance/)
  })

  test('what was never deployed cannot be stopped or started anew', async () => {
    for (const verb of ['stop', 'start', 'restart']) {
      const refused = await berth('ps', verb, '--app', app)
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(/deployed yet/)])
    }
  })

  test('the first runs every task once, in its order, and has what was said before', async () => {
    const pushed = await work.push(ada, app)
    expect(pushed.status, pushed.stderr).toBe(0)
    expect(await tasksOf('v1')).toEqual(['predeploy ran', 'release ran', 'postdeploy ran', 'first ran'])
    expect(await names()).toEqual(['web.1', 'worker.1', 'worker.2'])
    const limits = (await instances()).map(({ memoryLimitBytes }) => memoryLimitBytes)
    expect(limits).toEqual([64 * 1024 ** 2, 512 * 1024 ** 2, 512 * 1024 ** 2])
    // Nothing is left of the tasks.
    expect((await ok('engine', 'ps', '-a', '-q')).trim().split('\n')).toHaveLength(3)
  })
})

/** Does the task run that the worker is killed under? */
async function isRunning(): Promise<boolean> {
  const { status } = await localRunner.run(command('pgrep', '-f', '--', 'echo begun as'), {
    okStatuses: [0, 1],
  })
  return status === 0
}

/** Lets every container go that waits for it; false while the worker is on its way up again. */
async function letGo(): Promise<boolean> {
  const listed = await berth('engine', 'ps', '-q')
  const ids = listed.status === 0 ? listed.stdout.split('\n').filter(Boolean) : []
  const touched = await Promise.all(ids.map((id) => berth('engine', 'exec', id, busybox, 'touch', '/go')))
  return ids.length > 1 && touched.every(({ status }) => status === 0)
}

describe('tasks', () => {
  test('after the first deployment are begun once, though the worker is killed under them', async () => {
    const wait = `until [ -e /go ]; do ${busybox} sleep 0.2; done`
    const once = `${busybox} sh -c 'echo begun as $RANDOM; ${wait}; echo done with it'`
    const other = await smallApp(platform, 'other')
    await other.commit({ 'app.json': JSON.stringify({ scripts: { postdeploy: once } }) }, 'With a task')
    const pushing = other.push(ada, 'other')
    await expect.poll(isRunning, { timeout: 120_000 }).toBe(true)
    await killPart(platform, 'worker')
    await expect.poll(letGo, { timeout: 120_000, interval: 500 }).toBe(true)
    const pushed = await pushing
    expect(pushed.status, pushed.stderr).toBe(0)
    const told = await ok('deployments', 'info', 'v1', '--app', 'other')
    expect(new Set(told.match(/begun as \d+/g)).size).toBe(1)
    expect(told).toMatch(/done with it/)
    await other.commit(smallVersion('two'), 'Version two')
    expect((await other.push(ada, 'other')).stderr).not.toMatch(/begun as/)
    await ok('apps', 'destroy', 'other', '--confirm', 'other')
    await expect.poll(() => ok('apps'), { timeout: 30_000 }).not.toMatch(/other/)
  })

  test('of later deployments run without the one of the first', async () => {
    await work.commit(smallVersion('two'), 'Version two')
    await work.commit(files, 'With its processes')
    expect((await work.push(ada, app)).status).toBe(0)
    expect(await tasksOf('v2')).toEqual(['predeploy ran', 'release ran', 'postdeploy ran'])
  })

  test('that fail before it stop a deployment, and the app runs on', async () => {
    await work.commit({ 'app.json': appJson({ predeploy: `${busybox} false` }) }, 'A bad predeploy')
    const pushed = await work.push(ada, app)
    expect([pushed.status, pushed.stderr]).toEqual([
      1,
      expect.stringMatching(/The predeploy task failed, with exit code 1/),
    ])
    expect((await visit(platform, app)).body).toBe('version two\n')
  })

  test('that fail after it are told, and stop nothing', async () => {
    await work.commit({ 'app.json': appJson({ postdeploy: `${busybox} false` }) }, 'A bad postdeploy')
    const pushed = await work.push(ada, app)
    expect(pushed.status, pushed.stderr).toBe(0)
    expect(pushed.stderr).toMatch(/The postdeploy task failed, with exit code 1.*stays live/)
    await work.commit({ 'app.json': appJson({}) }, 'Good again')
    expect((await work.push(ada, app)).status).toBe(0)
  })
})

describe('scaling', () => {
  test('says what it changed, and waits until it is so', async () => {
    const { result, failures, requests } = await underLoad(platform, app, () =>
      ok('ps:scale', 'web=3', 'worker=1', '--app', app),
    )
    expect(result).toMatch(/web: 1 → 3\nworker: 2 → 1\n/)
    expect(await names()).toEqual(['web.1', 'web.2', 'web.3', 'worker.1'])
    expect((await instances()).every(({ state }) => state === 'running')).toBe(true)
    expect({ failures, requests: requests > 10 }).toEqual({ failures: [], requests: true })
  })

  test('makes no release, and to what is so already changes nothing', async () => {
    const before = await releases()
    expect(await ok('ps', 'scale', 'web=3', '--app', app)).toMatch(/so already/)
    const scaled = await json<{ changes: unknown[] }>('ps', 'scale', 'web=2', '--app', app)
    expect(scaled.changes).toEqual([{ type: 'web', before: 3, after: 2 }])
    expect(await releases()).toEqual(before)
  })

  test.each([
    [['nosuch=1'], /no process type "nosuch".*web, worker/s],
    [['web=101'], /100/],
    [['web=-1'], /web=2/],
    [['web=1', 'web=2'], /twice/],
    [['web'], /web=2/],
    [['release=1'], /no process type/],
    [['../x=1'], /not a valid process type/],
  ])('%j is refused, and nothing is changed', async (words, reason) => {
    const before = await names()
    const refused = await berth('ps', 'scale', ...words, '--app', app)
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(reason)])
    expect(await names()).toEqual(before)
  })
})

describe('limits', () => {
  test('are a release with its reason, without downtime', async () => {
    const { result, failures } = await underLoad(platform, app, () =>
      ok('limits', 'set', 'web', '--memory', '48m', '--cpu', '0.5', '--app', app),
    )
    expect(result).toMatch(/is live/)
    expect(failures).toEqual([])
    expect((await releases())[0]?.reason).toBe('Limit web to 48 MB and 0.5 CPU')
    const web = (await instances()).filter(({ processType }) => processType === 'web')
    expect(web.map(({ memoryLimitBytes }) => memoryLimitBytes)).toEqual([48 * 1024 ** 2, 48 * 1024 ** 2])
    expect(await ok('limits', '--app', app)).toMatch(/web +48 MB +0\.5.*\nworker +512 MB +what is free/)
  })

  test('that are so already make no release', async () => {
    const before = await releases()
    expect(await ok('limits', 'set', 'web', '--cpu', '0.5', '--app', app)).toMatch(/so already/)
    expect(await releases()).toEqual(before)
  })

  test.each([
    [['set', 'web', '--memory', '1m'], /16 MB to .* of memory on this machine; 1 MB/],
    [['set', 'web', '--memory', '900g'], /900 GB is not among that/],
    [['set', 'web', '--cpu', '1000'], /CPUs on this machine; 1000/],
    [['set', 'web', '--cpu', '0'], /CPUs/],
    [['set', 'web'], /--memory, --cpu/],
    [['set', 'nosuch', '--memory', '64m'], /no process type "nosuch"/],
    [['set', 'web', '--memory', 'much'], /512m or 2g/],
  ])('%j is refused, and nothing is changed', async (words, reason) => {
    const before = await releases()
    const refused = await berth('limits', ...words, '--app', app)
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(reason)])
    expect(await releases()).toEqual(before)
  })

  test('that are too small fail with the cause, and the app runs on', async () => {
    await work.commit(
      {
        Procfile: `web: ${busybox} sh -c "${busybox} dd if=/dev/zero of=/dev/null bs=30M count=1 && exec ${busybox} httpd -f -p 5000 -h /www"\n`,
      },
      'A hungry start',
    )
    expect((await work.push(ada, app)).status).toBe(0)
    const failed = await berth('limits', 'set', 'web', '--memory', '16m', '--app', app)
    expect([failed.status, failed.stdout + failed.stderr]).toEqual([
      1,
      expect.stringMatching(/out of memory at 16 MB|ended right after its start/),
    ])
    expect((await visit(platform, app)).status).toBe(200)
    expect(await ok('limits', 'unset', 'web', '--app', app)).toMatch(/is live/)
    expect((await releases())[0]?.reason).toBe('Take the limits of web away')
  })
})

describe('a restart', () => {
  test('of one instance replaces it alone, without downtime', async () => {
    const before = [await idOf('web.1'), await idOf('web.2')]
    const { failures } = await underLoad(platform, app, () => ok('ps', 'restart', 'web.1', '--app', app))
    expect(failures).toEqual([])
    expect(await idOf('web.1')).not.toBe(before[0])
    expect(await idOf('web.2')).toBe(before[1])
  })

  test('of a type replaces its instances alone', async () => {
    await ok('ps', 'scale', 'web=1', '--app', app)
    const before = await idOf('web.1')
    const { failures } = await underLoad(platform, app, () => ok('ps', 'restart', 'web', '--app', app))
    expect(failures).toEqual([])
    expect(await idOf('web.1')).not.toBe(before)
    expect(await names()).toEqual(['web.1'])
  })

  test('of the app deploys the same release again, and runs no task again', async () => {
    const [before, version] = [await idOf('web.1'), (await releases())[0]?.version]
    const { result, failures } = await underLoad(platform, app, () => ok('ps:restart', '--app', app))
    expect(failures).toEqual([])
    expect(result).not.toMatch(/ ran$/m)
    expect((await releases())[0]?.version).toBe(version)
    expect(await idOf('web.1')).not.toBe(before)
    const [newest] = await json<{ reason: string; state: string }[]>('deployments', '--app', app)
    expect(newest).toMatchObject({ reason: `Restart v${version}`, state: 'live' })
  })

  test('of what is not there is refused', async () => {
    for (const [what, reason] of [
      ['web.9', /no instance of web\.9/],
      ['nosuch', /no process type/],
      ['web.0', /web\.1/],
    ] as const) {
      const refused = await berth('ps', 'restart', what, '--app', app)
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(reason)])
    }
  })
})

describe('an app that is stopped', () => {
  test('runs nowhere, and the front door says so, also after the platform was restarted', async () => {
    expect(await ok('ps', 'stop', '--app', app)).toMatch(/is stopped/)
    expect(await instances()).toEqual([])
    const said = await visit(platform, app)
    expect([said.status, said.body]).toEqual([503, expect.stringMatching(/stopped/i)])
    expect(await ok('apps')).toMatch(/shop +stopped/)
    await platform.stop()
    await platform.start()
    await untilAnswer(platform, app, ({ body }) => /stopped/i.test(body), 20_000)
    expect(await instances()).toEqual([])
    expect((await berth('ps', 'restart', '--app', app)).stderr).toMatch(/is stopped.*ps start/s)
  })

  test('takes a change of limits and stays stopped', async () => {
    expect(await ok('limits', 'set', 'web', '--memory', '96m', '--app', app)).toMatch(/stays so until/)
    expect(await instances()).toEqual([])
  })

  test('starts again as it was', async () => {
    expect(await ok('ps', 'start', '--app', app)).toMatch(/is started/)
    expect((await visit(platform, app)).status).toBe(200)
    expect((await instances())[0]?.memoryLimitBytes).toBe(96 * 1024 ** 2)
  })

  test('is started by a push, which says so', async () => {
    await ok('ps', 'stop', '--app', app)
    await work.commit({ 'www/index.html': 'version three\n' }, 'Version three')
    const pushed = await work.push(ada, app)
    expect(pushed.status, pushed.stderr).toBe(0)
    expect(pushed.stderr).toMatch(/was stopped, and runs again/)
    expect((await visit(platform, app)).body).toBe('version three\n')
  })
})

describe('a lock', () => {
  test('refuses whatever is new, and says who locked it and why', async () => {
    await ok('apps', 'lock', app, '--reason', 'the audit')
    expect(await ok('apps', 'info', app)).toMatch(/lock +by ada, .*the audit/)
    await work.commit({ 'www/index.html': 'version four\n' }, 'Version four')
    const before = await releases()
    const refusal = /shop is locked since .* by "ada": "the audit"/
    expect(await work.push(ada, app)).toMatchObject({ status: 1, stderr: expect.stringMatching(refusal) })
    for (const words of [
      ['limits', 'set', 'web', '--memory', '80m'],
      ['deploy', '--image', 'nosuch'],
    ]) {
      const refused = await berth(...words, '--app', app)
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(refusal)])
    }
    expect(await releases()).toEqual(before)
    expect((await berth('apps', 'lock', app)).stderr).toMatch(/locked already/)
  })

  test('lets what is released be scaled and started anew', async () => {
    await ok('ps', 'restart', '--app', app)
    await ok('ps', 'scale', 'web=2', '--app', app)
    expect((await visit(platform, app)).body).toBe('version three\n')
  })

  test('is taken away', async () => {
    await ok('apps', 'unlock', app)
    expect((await berth('apps', 'unlock', app)).stderr).toMatch(/not locked/)
    expect((await work.push(ada, app)).status).toBe(0)
  })
})

describe('deployments', () => {
  test('that go on can be cancelled', async () => {
    await work.commit(smallVersion('five', 25), 'A slow start')
    await work.commit({ Procfile: '# the image says what runs\n' }, 'As the image says')
    const pushing = work.push(ada, app)
    const newest = async () => (await json<{ state: string; id: string }[]>('deployments', '--app', app))[0]
    await expect.poll(async () => (await newest())?.state, { timeout: 60_000 }).toBe('starting')
    await ok('deployments', 'cancel', '--app', app)
    expect(await pushing).toMatchObject({ status: 1, stderr: expect.stringMatching(/cancelled/) })
    expect((await newest())?.state).toBe('cancelled')
    expect((await berth('deployments', 'cancel', '--app', app)).stderr).toMatch(/Nothing of shop/)
    expect(await ok('deployments', 'info', (await newest())?.id.slice(0, 8) ?? '', '--app', app)).toMatch(
      /state +cancelled[\s\S]* ! +The deployment was cancelled/,
    )
  })

  test('of others, and none, are not found', async () => {
    for (const said of ['v999', 'ffffffff', '--', ''])
      expect((await berth('deployments', 'info', said, '--app', app)).status).toBe(1)
  })
})

describe('an app', () => {
  test('gets another name, and keeps everything but its address', async () => {
    const before = await releases()
    await ok('apps', 'rename', app, 'store')
    await untilAnswer(platform, 'store', ({ body }) => body === 'version four\n', 10_000)
    expect((await visit(platform, app)).status).toBe(404)
    app = 'store'
    expect(await releases()).toEqual(before)
    await work.commit({ ...smallVersion('six') }, 'Version six')
    expect((await work.push(ada, app)).status).toBe(0)
    expect((await visit(platform, app)).body).toBe('version six\n')
  })

  test('is not renamed to what is taken, kept or no name', async () => {
    await ok('create', 'taken')
    for (const [name, reason] of [
      ['taken', /taken/],
      ['berth', /kept for Berth/],
      ['No Name', /not a valid app name/],
    ] as const) {
      const refused = await berth('apps', 'rename', app, name)
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(reason)])
    }
  })

  test('is removed by its name, said twice', async () => {
    expect((await berth('apps', 'destroy', app)).stderr).toMatch(/--confirm store/)
    expect((await berth('apps', 'destroy', app, '--confirm', 'taken')).status).toBe(1)
    await ok('apps', 'destroy', app, '--confirm', app)
    await expect
      .poll(async () => (await json<{ name: string }[]>('apps')).map(({ name }) => name), { timeout: 60_000 })
      .toEqual(['taken'])
    expect((await visit(platform, app)).status).toBe(404)
  })
})
