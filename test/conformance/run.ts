/**
 * `npm run conformance`: builds the corpus with Docker and with Berth, and compares what comes out. README.md says how
 * to read it, and how a case is written.
 *
 * It lives in mount, network and process namespaces of its own: whatever ends it ends everything that it started. It is
 * asked to end by the end of its standard input, so that it can put things away first.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { localRunner } from '@berth/command'
import { destroyEngine } from '@berth/engine'
import { inOwnNamespaces } from '../../infra/yardstick/own-namespaces.ts'
import { conform } from './conform.ts'
import { readOptions } from './options.ts'

const endsWithinMs = 20_000
const words = process.argv.slice(2)
if (words[0] === '--inside') process.exitCode = await conform(words[1] as string, readOptions(words.slice(2)))
else process.exitCode = await outer(words)

async function outer(words: readonly string[]): Promise<number> {
  readOptions(words)
  // Under /tmp, which the Docker daemon sees too, and short: a socket's path may have 107 bytes.
  const home = await mkdtemp('/tmp/berth-conformance-')
  await chmod(home, 0o711)
  const self = new URL(import.meta.url).pathname
  const child = localRunner.start(
    inOwnNamespaces(
      // The engine believes in private mounts where it sees an ancestor that has others: catatonit.
      ...(['unshare', '--mount', '--propagation', 'private', '--'] as const),
      ...[process.execPath, self, '--inside', home, ...words],
    ),
    { stdio: ['pipe', 'inherit', 'inherit'], detached: true },
  )
  child.stdin?.on('error', () => {})
  const end = () => {
    child.stdin?.end()
    setTimeout(() => child.kill('SIGKILL'), endsWithinMs).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  const { status } = await child.exited
  // Its cgroups are the machine's, and are left where the engine could not be closed.
  await destroyEngine({ home: `${home}/berth`, run: `${home}/berth/run`, commands: localRunner })
  await rm(home, { recursive: true, force: true, maxRetries: 10 })
  return status ?? 130
}
