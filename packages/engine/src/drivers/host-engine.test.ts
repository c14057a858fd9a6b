import { describeEngine } from '../engine.contract.ts'
import { makeEngineHome, removeEngineHome } from '../testing/engine-home.ts'
import { openHostEngine } from './host-engine.ts'

describeEngine('the host engine', async () => {
  const home = await makeEngineHome()
  const engine = await openHostEngine(home)
  return {
    engine,
    image: 'small',
    async dispose() {
      await engine.close()
      await removeEngineHome(home)
    },
  }
})
