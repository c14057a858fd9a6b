import { access, mkdir, mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localRunner, type RunningCommand } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { BuildRequest } from '../../engine.ts'
import { type BuildHome, dockerfile, makeBuildHome, refusal } from '../../testing/build-home.ts'
import { openGitDoor } from './git-door.ts'

/** Repositories that are not fetched by http, from git's own daemon and the system's sshd. */
let at: BuildHome
let work: string
let commit: string
const programs: RunningCommand[] = []
const ports = { git: 0, ssh: 0 }
const undo: (() => Promise<void>)[] = []
const sshdDirectory = '/run/sshd'
const agent = () => `${work}/agent`

const run = async (...argv: [string, ...string[]]) =>
  (await localRunner.run({ argv, cwd: work, env: { GIT_CONFIG_GLOBAL: '/dev/null' } })).stdout.trim()
const git = (...words: string[]) => run('git', '-c', 'user.name=t', '-c', 'user.email=t@t', ...words)
const start = (...argv: [string, ...string[]]) =>
  void programs.push(localRunner.start({ argv, cwd: work }, { stdio: ['ignore', 'ignore', 'ignore'] }))

beforeAll(async () => {
  at = await makeBuildHome()
  work = await mkdtemp(join(tmpdir(), 'berth-transports-'))
  for (const name of ['main', 'part']) {
    await git('init', '-q', '-b', 'trunk', name)
    await writeFile(`${work}/${name}/file`, `file of ${name}`)
    await git('-C', name, 'add', '.')
    await git('-C', name, 'commit', '-qm', 'one')
  }
  const allowed = ['-c', 'protocol.file.allow=always']
  await git('-C', 'main', ...allowed, 'submodule', '--quiet', 'add', '--', `${work}/part`, 'module')
  await git('-C', 'main', 'config', '-f', '.gitmodules', 'submodule.module.url', '../part.git')
  await git('-C', 'main', 'commit', '-qam', 'two')
  commit = await git('-C', 'main', 'rev-parse', 'HEAD')
  for (const name of ['main', 'part']) await git('clone', '-q', '--bare', name, `${name}.git`)
  await git('clone', '-q', '--bare', 'part', `it's !odd.git`)
  ports.git = await freePort()
  ports.ssh = await freePort()
  const daemon = ['--reuseaddr', '--listen=127.0.0.1', `--port=${ports.git}`, '--export-all']
  start('git', 'daemon', ...daemon, `--base-path=${work}`, work)
  await startSsh()
  await Promise.all(Object.values(ports).map(untilOpen))
})
afterAll(async () => {
  for (const program of programs) program.kill('SIGTERM')
  await Promise.all(programs.map(({ exited }) => exited))
  for (const each of undo) await each()
  await at.remove()
  await rm(work, { recursive: true })
})

async function startSsh(): Promise<void> {
  for (const name of ['host', 'user', 'stranger'])
    await run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', name)
  await writeFile(`${work}/authorized`, await readFile(`${work}/user.pub`))
  // sshd wants it to be there, empty.
  await mkdir(sshdDirectory, { mode: 0o755 }).then(
    () => undo.push(() => rmdir(sshdDirectory)),
    ignoreExisting,
  )
  const settings = [
    ...[`Port ${ports.ssh}`, 'ListenAddress 127.0.0.1', `HostKey ${work}/host`, 'PidFile none', 'UsePAM no'],
    ...[`AuthorizedKeysFile ${work}/authorized`, 'StrictModes no', 'PermitRootLogin prohibit-password'],
    ...['PasswordAuthentication no', 'AcceptEnv GIT_PROTOCOL'],
  ]
  await writeFile(`${work}/sshd_config`, settings.join('\n'))
  start('/usr/sbin/sshd', '-D', '-f', `${work}/sshd_config`)
  start('ssh-agent', '-D', '-a', agent())
  await vi.waitFor(() => access(agent()))
  await localRunner.run({ argv: ['ssh-add', '-q', `${work}/user`], env: { SSH_AUTH_SOCK: agent() } })
}

const hostKey = async (name = 'host') => {
  const [kind, key] = (await readFile(`${work}/${name}.pub`, 'utf8')).split(' ')
  return `[127.0.0.1]:${ports.ssh} ${kind} ${key}\n`
}
const overSsh = (path: string) => `ssh://root@127.0.0.1:${ports.ssh}${encodeURI(path).replaceAll("'", '%27')}`
const withAgent = async (): Promise<Partial<BuildRequest>> => ({
  ...{ remoteAddresses: 'any', sshAgents: { default: agent() }, sshKnownHosts: await hostKey() },
})
const add = (address: string, over: Partial<BuildRequest>) =>
  at.build({ Dockerfile: dockerfile('FROM busybox', `ADD ["${address}", "/to"]`) }, over)
const filesOf = async (address: string, over: Partial<BuildRequest>) => {
  const { image } = await add(address, over)
  return at.inside(image, (root) => readdir(`${root}/to`, { recursive: true }))
}

describe('ADD by git://', () => {
  test('takes the files, submodules too, of a branch and of a commit', async () => {
    const address = `git://127.0.0.1:${ports.git}/main.git`
    const any = { remoteAddresses: 'any' as const }
    const all = ['.gitmodules', 'file', 'module', 'module/file']
    expect((await filesOf(address, any)).toSorted()).toEqual(all)
    expect((await filesOf(`${address}#trunk`, any)).toSorted()).toEqual(all)
    expect((await filesOf(`${address}?checksum=${commit}`, any)).toSorted()).toEqual(all)
    expect((await add(address, any)).steps.at(-1)).toMatch(/: cached$/)
  })

  test('tells what went wrong, and calls no address of this machine unless told to', async () => {
    const missing = refusal(add(`git://127.0.0.1:${ports.git}/none.git`, { remoteAddresses: 'any' }))
    expect((await missing).code).toBe('BUILD.REMOTE_FAILED')
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const refused = await refusal(add(`git://${host}:${ports.git}/main.git`, {}))
      expect([host, refused.code]).toEqual([host, 'BUILD.REMOTE_REFUSED'])
    }
  })
})

describe('ADD by ssh', () => {
  test('takes the files with the agent’s key, from a host whose key is known', async () => {
    const scratch = () => readdir(`${at.home}/scratch`, { recursive: true })
    const before = await scratch()
    const given = await withAgent()
    const files = await filesOf(overSsh(`${work}/main.git`), given)
    expect(files.toSorted()).toEqual(['.gitmodules', 'file', 'module', 'module/file'])
    expect(await filesOf(overSsh(`${work}/it's !odd.git`), given)).toEqual(['file'])
    expect(await at.leftovers()).toEqual([])
    expect(await scratch()).toEqual(before)
  })

  test('believes a host whose name is hashed', async () => {
    await writeFile(`${work}/hashed`, await hostKey())
    await run('ssh-keygen', '-q', '-H', '-f', 'hashed')
    const sshKnownHosts = await readFile(`${work}/hashed`, 'utf8')
    expect(sshKnownHosts).not.toContain('127.0.0.1')
    const files = filesOf(overSsh(`${work}/part.git`), { ...(await withAgent()), sshKnownHosts })
    expect(await files).toEqual(['file'])
  })

  test('needs an agent, and the host’s key, and says which', async () => {
    const address = overSsh(`${work}/part.git`)
    const { sshAgents: _agents, ...agentless } = await withAgent()
    expect(await refusal(add(address, agentless))).toMatchObject({ code: 'BUILD.SECRET_MISSING' })
    for (const sshKnownHosts of [
      undefined,
      '',
      `other.test ${(await hostKey()).split(' ').slice(1).join(' ')}`,
    ]) {
      const refused = await refusal(add(address, { ...(await withAgent()), sshKnownHosts }))
      expect(refused.code).toBe('BUILD.HOST_KEY_UNKNOWN')
      expect(refused.hint).toContain('known_hosts')
    }
  })

  test('calls no host that has another key than the known one', async () => {
    const given = { ...(await withAgent()), sshKnownHosts: await hostKey('stranger') }
    const refused = await refusal(add(overSsh(`${work}/part.git`), given))
    expect(refused.code).toBe('BUILD.REMOTE_FAILED')
    expect(refused.message).toMatch(/host key verification failed/i)
  })

  test('tells that the key of the agent opens nothing there', async () => {
    await writeFile(`${work}/authorized`, await readFile(`${work}/stranger.pub`))
    const refused = refusal(add(overSsh(`${work}/part.git`), await withAgent()))
    expect((await refused).message).toMatch(/permission denied/i)
    await writeFile(`${work}/authorized`, await readFile(`${work}/user.pub`))
  })

  test('calls no address of this machine unless told to', async () => {
    const given = { ...(await withAgent()), remoteAddresses: 'public' as const }
    expect((await refusal(add(overSsh(`${work}/part.git`), given))).code).toBe('BUILD.REMOTE_REFUSED')
  })
})

test('a door is for git alone: who does not know its path gets nothing, and reaches nobody', async () => {
  let reached = 0
  const door = await openGitDoor(async () => {
    reached += 1
    throw new Error('reached')
  })
  const said = async (request: string) => {
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1')
    socket.end(request)
    const pieces: Buffer[] = []
    for await (const piece of socket) pieces.push(piece as Buffer)
    return Buffer.concat(pieces).length
  }
  const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text
  const path = new URL(door.url).pathname
  for (const request of [
    ...[
      line('git-upload-pack /\0host=x\0'),
      line(`git-upload-pack ${'/0'.padEnd(path.length, '0')}\0host=x\0`),
    ],
    ...[line(`git-receive-pack ${path}\0host=x\0`), 'ffff', '0000', '', 'GET / HTTP/1.0\r\n\r\n'],
  ])
    expect(await said(request).catch(() => 0)).toBe(0)
  expect(reached).toBe(0)
  await said(line(`git-upload-pack ${path}\0host=x\0`)).catch(() => 0)
  expect(reached).toBe(1)
  expect(await door.problem()).toBe('reached')
  await door.close()
})

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

async function freePort(): Promise<number> {
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const found = server.address()
  await new Promise((resolve) => server.close(resolve))
  return found !== null && typeof found === 'object' ? found.port : 0
}

async function untilOpen(port: number): Promise<void> {
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket: Socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
  await vi.waitFor(async () => expect(await answers()).toBe(true), { timeout: 10_000 })
}
