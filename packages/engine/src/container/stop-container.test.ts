import { expect, test } from 'vitest'
import { emptyImageConfig } from '../store/image-config.ts'
import { newRecord } from './container-record.ts'
import type { Held } from './held-containers.ts'
import { newSlot } from './slot.ts'
import { killContainer } from './stop-container.ts'

const spec = {
  name: 'one',
  group: 'g',
  labels: {},
  image: 'small',
  entrypoint: null,
  command: null,
  env: {},
  user: null,
  workingDirectory: null,
  hostname: null,
  network: 'none' as const,
  limits: { memoryBytes: null, cpuWeight: 100, cpus: null, pids: 10 },
  log: { directory: '/nowhere', maxBytes: 1, maxFiles: 1 },
  init: false,
}
const image = { digest: 'sha256:0', config: emptyImageConfig(), layers: [], createdAt: new Date() }

test('a killed container that does not end is told, not waited for without end', async () => {
  const slot = newSlot(newRecord(spec, image), '/nowhere')
  await expect(killContainer({} as Pick<Held, 'parts'>, slot, 20)).rejects.toMatchObject({
    code: 'CONTAINER.STUCK',
    message: expect.stringContaining('did not end within 20 ms'),
  })
})
