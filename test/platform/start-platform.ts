import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, type CommandResult, command, localRunner, type RunningCommand } from '@berth/command'
import { readSettings, type Settings, settingsEnvironment } from '@berth/domain'
import { claimPorts } from './claim-ports.ts'
import { keepForFailures, lastLines } from './last-lines.ts'

/**
 * A whole platform for a story: `berth up` with a home, a run directory and ports of its own. What it started is gone
 * when `remove` has settled, and so is what its apps left.
 */
export type Platform = {
  settings: Settings
  /** Everything that `berth up` printed, line by line. */
  lines: string[]
  /** Runs `berth …` at the machine, as root, for this platform. */
  berth: (words: readonly string[], options?: BerthOptions) => Promise<CommandResult>
  start: () => Promise<void>
  /** As Ctrl-C does. Apps run on. */
  stop: () => Promise<void>
  /** The process id of a part, as `berth up` keeps it now. */
  upPid: () => number
  remove: () => Promise<void>
  /** A directory for the story's own files; it goes with the platform. */
  directory: string
}

export type BerthOptions = {
  env?: Record<string, string>
  okStatuses?: readonly number[]
  input?: string
  cwd?: string
}

export const checkout = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')
const berthPath = `${checkout}/apps/cli/src/berth.ts`
const startWithinMs = 90_000

export async function startPlatform(changes: Partial<Settings> = {}): Promise<Platform> {
  const directory = await mkdtemp('/tmp/berth-story-')
  // Containers' users pass through it on the way to their root.
  await chmod(directory, 0o711)
  const { ports, release } = await claimPorts(5)
  const settings = storySettings(directory, ports, changes)
  const lines: string[] = []
  keepForFailures(lines)
  let up: RunningCommand | undefined

  const berth: Platform['berth'] = (words, options = {}) =>
    localRunner.run(berthCommand(settings, words, options), {
      timeoutMs: 300_000,
      okStatuses: options.okStatuses ?? [0],
      input: options.input ?? '',
    })

  async function start(): Promise<void> {
    const begun = lines.length
    up = localRunner.start(berthCommand(settings, ['up'], {}), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    for (const stream of [up.stdout, up.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line))
    }
    let over = false
    up.exited.then(() => {
      over = true
    })
    for (let waitedMs = 0; !lines.slice(begun).some((line) => line.includes('Berth is up')); waitedMs += 50) {
      if (over || waitedMs > startWithinMs)
        throw new Error(`The platform did not start:\n${lastLines(lines.slice(begun))}`)
      await sleep(50)
    }
  }

  async function stop(): Promise<void> {
    up?.kill('SIGINT')
    await up?.exited
    up = undefined
  }

  async function remove(): Promise<void> {
    await stop()
    await berth(['down', '--remove', '--yes'])
    await rm(directory, { recursive: true, force: true })
    await release()
  }

  await start().catch(async (error) => {
    await remove()
    throw error
  })
  return { settings, lines, berth, start, stop, remove, directory, upPid: () => up?.pid ?? 0 }
}

function berthCommand(settings: Settings, words: readonly string[], options: BerthOptions): Command {
  return {
    ...command(process.execPath, berthPath, ...words),
    env: { ...settingsEnvironment(settings), NO_COLOR: '1', ...options.env },
    cwd: options.cwd,
  }
}

function storySettings(
  directory: string,
  [httpPort, sshPort, dashboardPort, receiverPort, httpsPort]: readonly number[],
  changes: Partial<Settings>,
): Settings {
  const settings = readSettings({
    BERTH_HOME: `${directory}/home`,
    BERTH_HTTP_PORT: String(httpPort),
    BERTH_HTTPS_PORT: String(httpsPort),
    BERTH_SSH_PORT: String(sshPort),
    BERTH_DASHBOARD_PORT: String(dashboardPort),
    BERTH_RECEIVER_PORT: String(receiverPort),
    BERTH_BUILD_AUTHORITIES: 'host',
    BERTH_HEALTH_TIMEOUT: '8',
  })
  return { ...settings, ...changes }
}
