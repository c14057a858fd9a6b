import { createInterface } from 'node:readline'
import { localRunner } from '@berth/command'
import { openHostEngine } from '../drivers/host-engine.ts'
import type { ContainerSpec } from '../engine.ts'

/**
 * A worker for tests that kill it: `node doomed-worker.ts HOME`, a container specification in JSON per line on stdin;
 * starts each and prints the container in JSON. Ends only by a signal.
 */
const home = process.argv[2] ?? ''
const engine = await openHostEngine({ home, run: `${home}/run`, commands: localRunner })
console.log('open')
for await (const line of createInterface(process.stdin)) {
  const { id } = await engine.containers.create(JSON.parse(line) as ContainerSpec)
  console.log(JSON.stringify(await engine.containers.start(id)))
}
