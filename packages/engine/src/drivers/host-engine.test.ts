import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, localRunner } from '@berth/command'
import { describeEngine } from '../engine.contract.ts'
import { makeBusyboxRoot } from '../testing/busybox-root.ts'
import { destroyEngine } from './destroy-engine.ts'
import { openHostEngine } from './host-engine.ts'

describeEngine('the host engine', async () => {
  const home = await mkdtemp(join(tmpdir(), 'berth-engine-'))
  const options = { home, run: `${home}/run`, commands: localRunner }
  const engine = await openHostEngine(options)
  await makeBusyboxRoot(`${home}/rootfs`)
  await localRunner.run(command('tar', '-C', `${home}/rootfs`, '-cf', `${home}/rootfs.tar`, '.'))
  await engine.images.importRootfs(`${home}/rootfs.tar`, 'small')
  return {
    engine,
    image: 'small',
    async dispose() {
      await engine.close()
      await destroyEngine(options)
      await rm(home, { recursive: true })
    },
  }
})
