import { existsSync } from 'node:fs'
import { become, localRunner } from '@berth/command'
import { places, readSettings, type Settings } from '@berth/domain'
import type { Engine } from '@berth/engine'
import { accepts } from '../accepts.ts'
import { cliError } from '../errors.ts'

/**
 * The engine of this machine, for one command: the worker's, through its socket, while the platform runs; else in this
 * process, which then holds the store. For that it begins once more in a mount namespace of its own. The engine is loaded
 * only when it is needed: it is large.
 *
 * `work` returns the exit status. @throws ENGINE_COMMAND.NOT_ROOT, CONTAINER.ENGINE_BUSY
 */
export async function withEngine(work: (engine: Engine) => Promise<number>): Promise<void> {
  if (process.getuid?.() !== 0) throw cliError['ENGINE_COMMAND.NOT_ROOT']()
  const settings = readSettings(process.env)
  const running = await reached(places(settings).engineSocket)
  if (running !== null) process.exitCode = await work(running)
  else if (process.env[inside] === '1') process.exitCode = await withOwn(settings, work)
  else onceMoreInside()
}

const inside = 'BERTH_ENGINE_INSIDE'

/** Null where nobody answers: a socket may lie there from a platform that was killed. */
async function reached(socket: string): Promise<Engine | null> {
  if (!existsSync(socket) || !(await accepts({ path: socket }))) return null
  const { remoteEngine } = await import('@berth/engine/drivers/remote-engine.ts')
  return remoteEngine(socket)
}

/** It reaches the registries that the worker's would. */
async function withOwn(settings: Settings, work: (engine: Engine) => Promise<number>): Promise<number> {
  const { openHostEngine, registriesFrom } = await import('@berth/engine')
  const { engine: home, engineRun: run } = places(settings)
  const registries = registriesFrom(settings)
  const engine = await openHostEngine({ home, run, commands: localRunner, registries })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

function onceMoreInside(): never {
  const words = [...process.execArgv, ...process.argv.slice(1)]
  return become({
    argv: ['unshare', '--mount', '--propagation', 'private', '--', process.execPath, ...words],
    env: { ...definedOnly(process.env), [inside]: '1' },
  })
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
