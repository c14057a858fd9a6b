import { afterAll, afterEach, beforeAll } from 'vitest'
import { openHostEngine } from '../drivers/host-engine.ts'
import type { Container, ContainerSpec, Engine } from '../engine.ts'
import { type EngineHome, makeEngineHome, removeEngineHome, runToEnd, shellSpec } from './engine-home.ts'

/**
 * An engine of their own for the tests of a file, or of a `describe`: opened before them, without containers after each,
 * gone after all. To be called where they are declared.
 */
export type UsedEngine = {
  readonly home: EngineHome
  /** Another one after `reopen`. */
  readonly engine: Engine
  /** `sh -c script` in the image `small`, in the background. */
  start(script: string, over?: Partial<ContainerSpec>): Promise<Container>
  /** The same to its end: the exit and what was printed. */
  run(script: string, over?: Partial<ContainerSpec>): ReturnType<typeof runToEnd>
  /** Closes it and opens it again, as the worker's restart does. */
  reopen(meanwhile?: () => Promise<unknown>): Promise<void>
}

export function useEngine(): UsedEngine {
  let home: EngineHome
  let engine: Engine

  beforeAll(async () => {
    home = await makeEngineHome()
    engine = await openHostEngine(home)
  })
  afterEach(async () => {
    for (const { id } of await engine.containers.list()) await engine.containers.remove(id)
  })
  afterAll(async () => {
    await engine.close()
    await removeEngineHome(home)
  })

  return {
    get home() {
      return home
    },
    get engine() {
      return engine
    },
    async start(script, over) {
      const { id } = await engine.containers.create(shellSpec(home, script, over))
      return engine.containers.start(id)
    },
    run: (script, over) => runToEnd(engine, shellSpec(home, script, over)),
    async reopen(meanwhile = async () => undefined) {
      await engine.close()
      await meanwhile()
      engine = await openHostEngine(home)
    },
  }
}
