/**
 * `npm run demo`: the whole way once, as a newcomer would go it. Starts a platform with a home of its own, makes an
 * account, an app and a repository, pushes with stock git, and tells how long it took until the app answered.
 * `--once` stops and removes everything instead of staying.
 */
import { mkdir, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, command, localRunner, type RunningCommand } from '@berth/command'
import { appUrl, BerthError, readSettings, type Settings, settingsEnvironment } from '@berth/domain'

const once = process.argv.includes('--once')
const checkout = new URL('..', import.meta.url).pathname.replace(/\/$/, '')
const appName = 'game'
const email = 'demo@example.com'
const answersWithinMs = 60_000
const pushedContent = `pushed at ${new Date().toISOString()}`

const settings = await demoSettings()
const work = `${settings.home}-work`
let up: RunningCommand | undefined
const interrupted = new Promise<void>((resolve) => {
  process.once('SIGINT', () => resolve())
  process.once('SIGTERM', () => resolve())
})

try {
  await Promise.race([demo(), interrupted])
  if (!once) await interrupted
} catch (error) {
  if (!(error instanceof BerthError)) throw error
  console.error(` !     ${error.message}\n !     ${error.hint}`)
  process.exitCode = 1
} finally {
  await end()
}

async function demo(): Promise<void> {
  say('Starting the platform')
  await startPlatform()
  say(
    'Putting the base image debian:bookworm-slim in place (the first time on a machine takes half a minute)',
  )
  await berth('image', 'bootstrap', 'debian:bookworm-slim')
  const env = await signIn()
  say(`Creating the app ${appName} and a repository for it`)
  await berthAs(env, 'create', appName, '--or-use')
  await makeRepository()
  const { url, tookMs } = await push()
  const { stdout: link } = await berth('account', 'link', email)
  if (!once) {
    say(`Dashboard: http://127.0.0.1:${settings.dashboardPort}`)
    say(`Sign in once with: ${link.trim()}`)
    say('Ctrl-C ends the demo.')
  }
  console.log(`LIVE ${url} in ${tookMs} ms`)
}

async function startPlatform(): Promise<void> {
  up = localRunner.start(berthCommand({}, 'up'), { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const ready = new Promise<void>((resolve, reject) => {
    const last: string[] = []
    for (const stream of [up?.stdout, up?.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', take)
    }
    function take(line: string): void {
      last.push(line)
      if (last.length > 30) last.shift()
      if (line.includes('Berth is up')) resolve()
    }
    up?.exited.then(() => reject(new Error(`The platform did not start:\n${last.join('\n')}`)))
  })
  await ready
}

/** The demo's account, with a token for the command line and a key for git. Returns the environment of a signed-in `berth`. */
async function signIn(): Promise<Record<string, string>> {
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true, mode: 0o700 })
  await berth('account', 'create', email, '--name', 'Demo', '--role', 'owner', '--or-use')
  const { stdout } = await berth('account', 'token', email, '--name', 'demo', '--json')
  const { token } = JSON.parse(stdout) as { token: string }
  const env = { BERTH_URL: `http://127.0.0.1:${settings.dashboardPort}`, BERTH_TOKEN: token }
  await localRunner.run(
    command('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'demo', '-f', `${work}/key`),
  )
  await berthAs(env, 'keys', 'add', `${work}/key.pub`, '--name', `demo ${Date.now()}`)
  return env
}

async function makeRepository(): Promise<void> {
  await localRunner.run(command('cp', '-R', '--', `${checkout}/test/apps/2048`, `${work}/app`))
  // A sentence of its own, so that a second demo pushes a change and not what is live already.
  const page = `${work}/app/site/pushed.txt`
  await localRunner.run({ ...command('tee', '--', page) }, { input: `${pushedContent}\n` })
  await git('init', '-q', '-b', 'main')
  await git('add', '-A')
  await git('commit', '-q', '-m', 'A game to begin with')
}

async function push(): Promise<{ url: string; tookMs: number }> {
  const remote = `ssh://git@127.0.0.1:${settings.sshPort}/${appName}.git`
  say(`git push ${remote} main`)
  const begun = Date.now()
  const pushing = localRunner.start(gitCommand('push', '--force', remote, 'main'), {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const exit = await pushing.exited
  if (exit.status !== 0) throw new Error('The push was rejected; the lines above say why.')
  const url = appUrl(settings, appName)
  await untilPushedContent(url)
  return { url, tookMs: Date.now() - begun }
}

async function untilPushedContent(url: string): Promise<void> {
  const signal = AbortSignal.timeout(answersWithinMs)
  while ((await ask(new URL('/pushed.txt', url))) !== `${pushedContent}\n`)
    await sleep(10, undefined, { signal })
}

/** Browsers and curl know that every name under localhost is this machine; the system's resolver may not. */
function ask(url: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host: url.host }
    const request = get(
      { host: '127.0.0.1', port: url.port, path: url.pathname, headers, timeout: 5_000 },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk) => chunks.push(chunk))
        answer.on('end', () => resolve(Buffer.concat(chunks).toString()))
        answer.on('error', reject)
      },
    )
    request.on('timeout', () => request.destroy(new Error('No answer within 5 s.')))
    request.on('error', reject)
  })
}

async function end(): Promise<void> {
  // On the error stream, so that the last line of the output stays the one that matters.
  console.error(
    once ? '-----> Stopping, and removing what the demo made' : '-----> Stopping the platform and the app',
  )
  up?.kill('SIGINT')
  await up?.exited
  await berth('down', ...(once ? ['--remove', '--yes'] : []))
  await rm(work, { recursive: true, force: true })
}

function berth(...words: string[]) {
  return berthAs({}, ...words)
}

function berthAs(env: Record<string, string>, ...words: string[]) {
  return localRunner.run(berthCommand(env, ...words), { timeoutMs: 600_000 })
}

function berthCommand(env: Record<string, string>, ...words: string[]): Command {
  return {
    ...command(process.execPath, `${checkout}/apps/cli/src/berth.ts`, ...words),
    env: { ...settingsEnvironment(settings), ...env },
  }
}

function git(...words: string[]) {
  return localRunner.run(gitCommand(...words))
}

function gitCommand(...words: string[]): Command {
  return {
    ...command('git', '-C', `${work}/app`, ...words),
    env: {
      GIT_AUTHOR_NAME: 'Demo',
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: 'Demo',
      GIT_COMMITTER_EMAIL: email,
      GIT_SSH_COMMAND: `ssh -i ${work}/key -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR`,
    },
  }
}

/** A home of the demo's own, and the usual ports where they are free. */
async function demoSettings(): Promise<Settings> {
  const port = async (name: string, usual: number) => process.env[name] || String(await freePort(usual))
  return readSettings({
    BERTH_HOME: '/var/lib/berth-demo',
    BERTH_BUILD_AUTHORITIES: 'host',
    ...process.env,
    BERTH_HTTP_PORT: await port('BERTH_HTTP_PORT', 8080),
    BERTH_HTTPS_PORT: await port('BERTH_HTTPS_PORT', 8443),
    BERTH_SSH_PORT: await port('BERTH_SSH_PORT', 2222),
    BERTH_DASHBOARD_PORT: await port('BERTH_DASHBOARD_PORT', 3000),
    BERTH_RECEIVER_PORT: await port('BERTH_RECEIVER_PORT', 3022),
  })
}

/** The port itself where nobody has it; else one that the system names. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' && wanted !== 0 ? resolve(freePort(0)) : reject(error),
    )
    server.listen(wanted, () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

function say(line: string): void {
  console.log(`-----> ${line}`)
}
