import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, localRunner } from '@berth/command'
import type { BenchRun } from './bench-run.ts'

const readyWithinMs = 30_000
const endsWithinMs = 5_000

/** A server in the foreground, ended when the bench is over. Returns how to end it before. @throws with what it printed */
export async function startProgram(
  given: Command,
  ready: () => Promise<unknown>,
  { defer }: Pick<BenchRun, 'defer'>,
): Promise<() => Promise<void>> {
  // In a session of its own: a Ctrl-C of our terminal is ours to answer.
  const running = localRunner.start(given, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let printed = ''
  for (const stream of [running.stdout, running.stderr]) {
    stream?.on('data', (chunk) => {
      printed = (printed + chunk).slice(-8_000)
    })
  }
  let over = false
  running.exited.then(() => {
    over = true
  })
  async function stop(): Promise<void> {
    running.kill('SIGTERM')
    if (await Promise.race([running.exited.then(() => false), sleep(endsWithinMs, true, { ref: false })])) {
      running.kill('SIGKILL')
      await running.exited
    }
  }
  defer(stop)
  const deadline = Date.now() + readyWithinMs
  while (
    !(await ready().then(
      () => true,
      () => false,
    ))
  ) {
    if (over || Date.now() > deadline) throw new Error(`${given.argv[0]} did not start:\n${printed}`)
    await sleep(20)
  }
  return stop
}
