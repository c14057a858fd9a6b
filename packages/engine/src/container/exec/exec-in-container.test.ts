import { expect, test } from 'vitest'
import { emptyImageConfig } from '../../store/image-config.ts'
import { newRecord } from '../container-record.ts'
import type { Held } from '../held-containers.ts'
import { newSlot } from '../slot.ts'
import { execInContainer } from './exec-in-container.ts'

test('a container takes so many commands and no more', async () => {
  const record = newRecord(
    {
      ...{ name: 'one', group: 'g', labels: {}, image: 'small', entrypoint: null, command: null, env: {} },
      ...{ user: null, workingDirectory: null, hostname: null, network: 'none', init: false },
      limits: { memoryBytes: null, cpuWeight: 100, cpus: null, pids: 10 },
      log: { directory: '/nowhere', maxBytes: 1, maxFiles: 1 },
    },
    { digest: 'sha256:0', config: emptyImageConfig(), layers: [], createdAt: new Date() },
  )
  const mark = { pid: 1, startTicks: 0 }
  const slot = newSlot(
    { ...record, run: { process: mark, monitor: mark, address: null, bootId: '' } },
    '/nowhere',
  )
  for (let number = 0; number < 64; number += 1) slot.commands.set(String(number), async () => undefined)
  const held = { slots: new Map([[record.id, slot]]) } as unknown as Held
  await expect(execInContainer(held, record.id, { command: ['true'] })).rejects.toMatchObject({
    code: 'CONTAINER.TOO_MANY_COMMANDS',
  })
  expect(slot.commands.size).toBe(64)
})
