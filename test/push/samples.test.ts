import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { type Repository, repository } from '../platform/repository.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { underLoad, visit } from '../platform/visitors.ts'

/** Each sample: pushed, reached, changed under load, and broken in three ways while the old version goes on serving. */
type Sample = {
  app: string
  sample: string
  first: string
  change: Record<string, string>
  second: string
  breaks: { how: string; files: Record<string, string>; says: RegExp }[]
}

const crash = { how: 'it crashes at start', says: /exited with (status )?3|exit code 3|ended with 3/i }
const deaf = { how: 'it never listens', says: /nothing accepted a connection|never listened/i }

const samples: Sample[] = [
  {
    app: 'game',
    sample: '2048',
    first: '<title>2048 on Berth</title>',
    change: { 'site/index.html': '<title>2048, the second</title>\n' },
    second: '<title>2048, the second</title>',
    breaks: [
      {
        how: 'a build step fails',
        files: { Dockerfile: 'FROM debian:bookworm-slim\nRUN exit 7\n' },
        says: /exit(ed with)?( code| status)? 7|: 7\b/i,
      },
      {
        ...crash,
        files: { Dockerfile: 'FROM debian:bookworm-slim\nCMD ["sh", "-c", "echo no way; exit 3"]\n' },
      },
      { ...deaf, files: { Dockerfile: 'FROM debian:bookworm-slim\nCMD ["sleep", "600"]\n' } },
    ],
  },
  {
    app: 'notes',
    sample: 'notes',
    first: 'notes v1 as uid 1001',
    change: {},
    second: 'memos v2 as uid 1001',
    breaks: [
      { how: 'a build step fails', files: { 'package-lock.json': '{}\n' }, says: /npm ci/ },
      { ...crash, files: { 'src/server.js': 'console.error("no way"); process.exit(3)\n' } },
      { ...deaf, files: { 'src/server.js': 'setInterval(() => {}, 1000)\n' } },
    ],
  },
  {
    app: 'tides',
    sample: 'tides',
    first: 'from v1',
    change: {},
    second: 'high tide',
    breaks: [
      {
        how: 'a build step fails',
        files: { Dockerfile: 'FROM debian:bookworm-slim\nCOPY nowhere.py /\n' },
        says: /nowhere\.py/,
      },
      { ...crash, files: { 'web.py': 'import sys\nprint("no way")\nsys.exit(3)\n' } },
      { ...deaf, files: { 'web.py': 'import time\ntime.sleep(600)\n' } },
    ],
  },
]

let platform: Platform
let ada: Signed

beforeAll(async () => {
  platform = await startPlatform()
  await platform.berth(['image', 'bootstrap', 'debian:bookworm-slim'])
  ada = await person(platform, 'ada')
})

afterAll(async () => {
  await platform?.remove()
})

describe.each(samples)('the sample $sample', ({ app, sample, first, change, second, breaks }) => {
  let work: Repository

  test('is pushed by stock git, and its address answers', async () => {
    work = await repository(platform, app, sample)
    const pushed = await work.push(ada, app)
    expect(pushed.stderr).toContain('=====>')
    expect(pushed.status, pushed.stderr).toBe(0)
    expect(pushed.stderr).toContain(`http://${app}.localhost:${platform.settings.httpPort}`)
    const answer = await visit(platform, app)
    expect(answer.status).toBe(200)
    expect(answer.body).toContain(first)
    expect((await work.git('ls-remote', '--', `${work.directory}/.git`, 'main')).status).toBe(0)
  })

  test('is changed under load without a failed request', async () => {
    await work.commit(await changed(work, sample, change), 'A change')
    const { result, requests, failures } = await underLoad(platform, app, () => work.push(ada, app))
    expect(result.status, result.stderr).toBe(0)
    expect(failures).toEqual([])
    expect(requests).toBeGreaterThan(50)
    expect((await visit(platform, app)).body).toContain(second)
  })

  test.each(breaks)('is rejected where $how, and the old version serves on', async ({ files, says }) => {
    const good = (await work.git('rev-parse', 'HEAD')).stdout.trim()
    await work.commit(files, 'Broken on purpose')
    const { result, failures } = await underLoad(platform, app, () => work.push(ada, app))
    expect(result.status).toBe(1)
    expect(result.stderr).toMatch(says)
    expect(result.stderr).toMatch(/remote rejected/)
    expect(failures).toEqual([])
    expect((await visit(platform, app)).body).toContain(second)
    await work.git('reset', '-q', '--hard', good)
  })
})

/** The change as files; two of the samples change a word of a source file. */
async function changed(
  work: Repository,
  sample: string,
  change: Record<string, string>,
): Promise<Record<string, string>> {
  const read = async (path: string) => (await work.git('show', `HEAD:${path}`)).stdout
  if (sample === 'notes')
    return { 'src/server.js': (await read('src/server.js')).replace("'notes'", "'memos'") }
  if (sample === 'tides') return { 'web.py': (await read('web.py')).replace('"tide"', '"high tide"') }
  return change
}

test('the worker of the Python sample runs beside its web process', async () => {
  const { stdout } = await platform.berth(['logs', '--app', 'tides', '--instance', 'worker.1'], {
    env: ada.env,
  })
  expect(stdout).toMatch(/worker\.1.*has seen tide/)
})
