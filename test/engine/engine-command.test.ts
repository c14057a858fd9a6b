import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CommandResult, command, localRunner } from '@berth/command'
import { readSettings, settingsEnvironment } from '@berth/domain'
import { destroyEngine } from '@berth/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { person } from '../platform/person.ts'
import { smallApp, smallVersion } from '../platform/small-app.ts'
import { checkout, type Platform, startPlatform } from '../platform/start-platform.ts'

/**
 * `berth engine`, as somebody uses it who knows docker: without a platform, where each command opens the engine by itself,
 * and beside a running one, whose worker has it.
 */
type Machine = {
  directory: string
  engine(
    words: readonly string[],
    options?: { okStatuses?: readonly number[]; input?: string },
  ): Promise<CommandResult>
}

let without: Machine
let platform: Platform
let beside: Machine

beforeAll(async () => {
  without = await bareMachine()
  platform = await startPlatform()
  beside = {
    directory: platform.directory,
    engine: (words, options) => platform.berth(['engine', ...words], options),
  }
})
afterAll(async () => {
  await platform?.remove()
  const settings = readSettings({ BERTH_HOME: `${without.directory}/home` })
  await destroyEngine({
    home: `${settings.home}/engine`,
    run: `${settings.run}/engine`,
    commands: localRunner,
  })
  for (const directory of [without.directory, settings.run])
    await rm(directory, { recursive: true, force: true })
})

async function bareMachine(): Promise<Machine> {
  const directory = await mkdtemp('/tmp/berth-engine-')
  // Containers' users pass through it on the way to their root.
  await chmod(directory, 0o711)
  const env = settingsEnvironment(readSettings({ BERTH_HOME: `${directory}/home` }))
  await mkdir(`${env.BERTH_HOME}/engine`, { recursive: true, mode: 0o711 })
  await chmod(env.BERTH_HOME ?? '', 0o711)
  const program = [process.execPath, `${checkout}/apps/cli/src/berth.ts`, 'engine'] as const
  return {
    directory,
    engine: (words, { okStatuses = [0], input = '' } = {}) =>
      localRunner.run({ argv: [...program, ...words], env }, { okStatuses, input, timeoutMs: 120_000 }),
  }
}

/** A directory to build from: busybox, and a page. */
async function context(machine: Machine, name: string): Promise<string> {
  const directory = join(machine.directory, name)
  await mkdir(join(directory, 'bin'), { recursive: true })
  await localRunner.run(command('cp', '--', '/bin/busybox', `${directory}/bin/busybox`))
  for (const applet of ['sh', 'cat', 'echo', 'sleep', 'id']) {
    await rm(join(directory, 'bin', applet), { force: true })
    await symlink('busybox', join(directory, 'bin', applet))
  }
  const lines = [
    'FROM scratch',
    'COPY bin /bin',
    'ARG WHO=nobody',
    'RUN echo hello $WHO > /greeting',
    'CMD ["cat", "/greeting"]',
  ]
  await writeFile(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`)
  return directory
}

describe.each([
  ['without a platform', () => without],
  ['beside a running platform', () => beside],
])('%s', (_where, machine) => {
  const engine = async (...words: string[]) => (await machine().engine(words)).stdout

  test('a directory is built, run, and cached', async () => {
    const directory = await context(machine(), 'app')
    const build = ['build', '-t', 'app', '--build-arg', 'WHO=you', directory]
    const first = await machine().engine(build)
    expect(first.stderr).toMatch(/#\d+ \[.*\] RUN echo hello \$WHO/)
    expect(await engine('run', '--rm', 'app')).toBe('hello you\n')
    const second = await machine().engine(build)
    expect(second.stdout).toBe(first.stdout)
    expect(second.stderr).toContain('CACHED')
  })

  test('a command has its exit code, its input, and its variables', async () => {
    const failed = await machine().engine(['run', '--rm', 'app', 'sh', '-c', 'exit 7'], { okStatuses: [7] })
    expect(failed.status).toBe(7)
    const bare = await machine().engine(['run', 'app', 'sh', '-c', 'exit 8'], { okStatuses: [8] })
    expect(bare.status).toBe(8)
    const refused = await machine().engine(['run', '--rm', 'app', 'no-such-program'], { okStatuses: [127] })
    expect(refused.stderr).toContain('"no-such-program" was not found in the image')
    const { stdout } = await machine().engine(
      ['run', '--rm', '-i', '-e', 'A=b', 'app', 'sh', '-c', 'cat; echo $A'],
      {
        input: 'from outside\n',
      },
    )
    expect(stdout).toBe('from outside\nb\n')
    const kept = (await engine('ps', '-aq')).split('\n').filter(Boolean)
    expect(kept).toHaveLength(1)
    await engine('rm', ...kept)
  })

  test('a container that runs is listed, joined, logged, stopped and removed', async () => {
    const id = (await engine('run', '-d', '--name', 'bg', 'app', 'sh', '-c', 'echo begun; sleep 100')).trim()
    expect(await engine('ps')).toMatch(/running.* bg$/m)
    expect(await engine('exec', 'bg', 'sh', '-c', 'id -u')).toBe('0\n')
    expect(await engine('logs', 'bg')).toBe('begun\n')
    expect(JSON.parse(await engine('inspect', 'bg'))).toMatchObject([{ id, state: 'running' }])
    await writeFile(join(machine().directory, 'note'), 'from outside\n')
    await engine('cp', join(machine().directory, 'note'), 'bg:/noted')
    expect(await engine('exec', 'bg', 'cat', '/noted')).toBe('from outside\n')
    expect(await engine('diff', 'bg')).toBe('A /noted\n')
    await engine('commit', 'bg', 'kept')
    expect(await engine('image-diff', 'app', 'kept')).toContain('A /noted')
    expect(await engine('rename', 'bg', 'other')).toBe('')
    expect(await engine('stop', '-t', '1', id.slice(0, 6))).toBe(`${id.slice(0, 6)}\n`)
    expect(await engine('ps')).not.toContain('other')
    expect(await engine('rm', 'other')).toBe('other\n')
  })

  test('a volume outlives its container', async () => {
    await engine('volume', 'create', 'kept')
    await engine('run', '--rm', '-v', 'kept:/data', 'app', 'sh', '-c', 'echo kept > /data/file')
    expect(await engine('run', '--rm', '-v', 'kept:/data:ro', 'app', 'cat', '/data/file')).toBe('kept\n')
    expect(await engine('volume', 'rm', 'kept')).toBe('kept\n')
  })

  test('an image is saved, removed and loaded again, and tells how it was made', async () => {
    const archive = join(machine().directory, 'app.tar')
    await engine('save', '-o', archive, 'app')
    expect(await engine('history', 'app')).toMatch(/CMD \["cat"/)
    await engine('rmi', 'app')
    expect(await engine('images')).not.toContain('app:latest')
    await engine('load', '-i', archive)
    expect(await engine('images')).toContain('app:latest')
    expect(await engine('run', '--rm', 'app')).toBe('hello you\n')
  })

  test('what is not there is told in words', async () => {
    const missing = await machine().engine(['rm', 'nobody'], { okStatuses: [1] })
    expect(missing.stderr).toContain(' !     There is no container "nobody".')
  })

  test('what runs is not removed, and into what does not run nothing is called', async () => {
    await engine('run', '-d', '--name', 'busy', 'app', 'sh', '-c', 'sleep 600')
    const refused = async (...words: string[]) =>
      (await machine().engine(words, { okStatuses: [1, 125] })).stderr
    expect(await refused('rm', 'busy')).toContain(' !     The container busy runs.')
    await engine('kill', 'busy')
    expect(await refused('exec', 'busy', 'true')).toContain(' !     The container busy does not run.')
    await engine('rm', 'busy')
  })
})

test('the containers of apps are seen beside those of the command, and neither touches the other', async () => {
  const ada = await person(platform, 'ada')
  const work = await smallApp(platform, 'shop')
  expect((await work.push(ada, 'shop')).status).toBe(0)
  await beside.engine(['run', '-d', '--name', 'mine', 'app', 'sleep', '100'])
  expect((await beside.engine(['ps'])).stdout).toMatch(/shop.*\n.*mine|mine.*\n.*shop/)
  await work.commit(smallVersion('two'), 'Version two')
  expect((await work.push(ada, 'shop')).status).toBe(0)
  expect((await beside.engine(['ps'])).stdout).toContain('mine')
  await beside.engine(['rm', '-f', 'mine'])
})
