import { describe } from 'vitest'
import { attachContract } from './contracts/attach.contract.ts'
import { containersContract } from './contracts/containers.contract.ts'
import { contractKit, type EngineUnderTest } from './contracts/contract-kit.ts'
import { eventsContract } from './contracts/events.contract.ts'
import { execContract } from './contracts/exec.contract.ts'
import { filesContract } from './contracts/files.contract.ts'
import { lifeContract } from './contracts/life.contract.ts'
import { lookContract } from './contracts/look.contract.ts'

export type { EngineUnderTest } from './contracts/contract-kit.ts'

/** What every engine promises, a file a noun. */
export function describeEngine(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`${name} keeps the engine's contract:`, () => {
    const kit = contractKit(open)
    containersContract(kit)
    lifeContract(kit)
    execContract(kit)
    attachContract(kit)
    eventsContract(kit)
    lookContract(kit)
    filesContract(kit)
  })
}
