import type { Readable } from 'node:stream'
import { command, localRunner, type RunningCommand } from '@berth/command'
import { settingsEnvironment } from '@berth/domain'
import type { Signed } from './person.ts'
import { checkout, type Platform } from './start-platform.ts'

export type BerthSession = RunningCommand & { printed(): { stdout: string; stderr: string } }

/** `berth …` as this person, talked to while it runs. Its input is open. */
export function startBerth(platform: Platform, as: Signed, words: readonly string[]): BerthSession {
  const env = { ...settingsEnvironment(platform.settings), ...as.env, NO_COLOR: '1' }
  const running = localRunner.start(
    { ...command(process.execPath, `${checkout}/apps/cli/src/berth.ts`, ...words), env },
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = running[name] as Readable
    stream.on('data', (chunk: Buffer) => {
      printed[name] += chunk
    })
  }
  running.stdin?.on('error', () => undefined)
  return { ...running, printed: () => printed }
}
