import { localRunner } from '@berth/command'
import { openHostEngine } from '../drivers/host-engine.ts'
import { runToEnd, shellSpec } from './engine-home.ts'

/**
 * For engines that must see another machine than the tests' process does, in namespaces of their own: opens the one of a home,
 * runs `sh -c SCRIPT` in a container of it, and prints as JSON how that ended and what it printed.
 *
 *     node run-in-engine.ts HOME SCRIPT
 */
const [, , home = '', script = ''] = process.argv
const options = { home, run: `${home}/run`, commands: localRunner }
const engine = await openHostEngine(options)
try {
  const { id } = await engine.containers.create(shellSpec(options, 'sleep 60'))
  const { address, address6 } = await engine.containers.start(id)
  const { exit, lines } = await runToEnd(engine, shellSpec(options, script))
  process.stdout.write(`${JSON.stringify({ address, address6, code: exit.code, lines })}\n`)
  await engine.containers.remove(id)
} finally {
  await engine.close()
}
