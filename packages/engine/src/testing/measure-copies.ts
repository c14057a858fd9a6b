import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { SourceTree, TreeEntry } from '@berth/domain'
import { openHostEngine } from '../drivers/host-engine.ts'
import { makeEngineHome, removeEngineHome } from './engine-home.ts'

/**
 * How long a COPY of many small files takes: the first time, with one file changed, and with nothing changed.
 *
 *     unshare --mount --propagation private node packages/engine/src/testing/measure-copies.ts 2000
 */
const count = Number(process.argv[2] ?? 2_000)
const megabyte = 1024 * 1024
const home = await makeEngineHome()
const engine = await openHostEngine(home)
try {
  for (let round = 0; round < Number(process.argv[3] ?? 5); round += 1) {
    const cold = await buildMs(`scope${round}`, `round ${round}`)
    const changed = await buildMs(`scope${round}`, `changed ${round}`)
    const same = await buildMs(`scope${round}`, `changed ${round}`)
    process.stdout.write(`cold ${cold}, one changed ${changed}, nothing changed ${same}\n`)
  }
} finally {
  await engine.close()
  await removeEngineHome(home)
}

async function buildMs(cacheScope: string, one: string): Promise<string> {
  const lines: string[] = []
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  await engine.build(
    {
      tree: treeOf(cacheScope, one),
      dockerfilePath: 'Dockerfile',
      target: null,
      arguments: {},
      labels: {},
      names: [],
      cacheScope,
      limits: {
        memoryBytes: 64 * megabyte,
        cpuWeight: 50,
        pids: 100,
        timeoutMs: 60_000,
        diskBytes: 512 * megabyte,
      },
      authorities: null,
      noCache: false,
    },
    (event) => {
      if (event.kind === 'step-finished' && event.outcome === 'done')
        lines.push(`${event.durationMs} ms in its step`)
    },
    new AbortController().signal,
  )
  const { user, system } = process.cpuUsage(cpuBefore)
  lines.push(`${((user + system) / 1_000).toFixed(0)} ms of processor`)
  return `${(performance.now() - startedAt).toFixed(0)} ms (${lines.join(', ')})`
}

function treeOf(scope: string, one: string): SourceTree {
  const contents = new Map<string, Buffer>([['Dockerfile', Buffer.from('FROM small\nCOPY src /app/src\n')]])
  for (let index = 0; index < count; index += 1) {
    const path = `src/d${index % 40}/e${index % 7}/file${index}.js`
    contents.set(path, Buffer.from(index === 0 ? one : `${scope} ${index} `.repeat(100)))
  }
  const entries = [...contents].map(
    ([path, bytes]): TreeEntry => ({
      path,
      kind: 'file',
      executable: false,
      contentId: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
    }),
  )
  return {
    entries: async () => entries,
    async *read(wanted) {
      for (const entry of wanted) yield { entry, content: contents.get(entry.path) ?? Buffer.alloc(0) }
    },
  }
}
