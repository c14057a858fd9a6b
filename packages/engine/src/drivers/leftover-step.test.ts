import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { localRunner } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCgroups } from '../sandbox/cgroups.ts'
import { enginePlaces } from '../sandbox/engine-places.ts'
import { type EngineHome, makeEngineHome, removeEngineHome } from '../testing/engine-home.ts'
import { openHostEngine } from './host-engine.ts'

let home: EngineHome
beforeAll(async () => {
  home = await makeEngineHome()
})
afterAll(() => removeEngineHome(home))

/** A worker whose build hangs in a step; killed without a word. */
const doomed = (path: string) => `
  import { openHostEngine } from '${new URL('./host-engine.ts', import.meta.url)}'
  import { localRunner } from '@berth/command'
  const engine = await openHostEngine({ home: '${path}', run: '${path}/run', commands: localRunner })
  const file = Buffer.from('FROM small\\nRUN echo begun; sleep 4343\\n')
  const entry = { path: 'Dockerfile', kind: 'file', executable: false, contentId: 'x', sizeBytes: file.length }
  const tree = { entries: async () => [entry], async *read() { yield { entry, content: file } } }
  const limits = { memoryBytes: 1e8, cpuWeight: 50, pids: 50, timeoutMs: 60_000, diskBytes: 1e9 }
  const request = { tree, dockerfilePath: 'Dockerfile', target: null, arguments: {}, labels: {}, names: [],
    cacheScope: 'x', limits, authorities: null, noCache: false }
  await engine.build(request, (event) => event.kind === 'line' && console.log(event.text), new AbortController().signal)
`

test('a build’s step that a killed worker left running is ended by the next one', async () => {
  const worker = localRunner.start({
    argv: [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      process.execPath,
      '--input-type=module',
      '-e',
      doomed(home.home),
    ],
    cwd: import.meta.dirname,
  })
  await new Promise((resolve) => worker.stdout?.once('data', resolve))
  worker.kill('SIGKILL')
  await worker.exited
  const processes = async () => (await localRunner.run({ argv: ['ps', '-eo', 'args'] })).stdout
  expect(await processes()).toContain('sleep 4343')

  const engine = await openHostEngine(home)
  expect(await processes()).not.toContain('sleep 4343')
  expect(await readdir(`${home.run}/steps`)).toEqual([])
  expect(await readdir(`${home.run}/runtime`)).toEqual([])
  const { cgroupParent } = enginePlaces(home)
  const version = existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1
  expect(await openCgroups(version).children(cgroupParent)).toEqual([])
  const { stdout } = await localRunner.run({ argv: ['ip', '-brief', 'link'] })
  expect(stdout).not.toContain(enginePlaces(home).vethPrefix)
  await engine.close()
})
