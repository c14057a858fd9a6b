import { describeImages } from '../images.contract.ts'
import { startDebianRegistry } from '../testing/debian-registry.ts'
import { openSmallStore } from '../testing/small-store.ts'
import { fakeEngine } from './fake-engine.ts'

describeImages('the image store', async () => {
  const registry = await startDebianRegistry()
  const store = await openSmallStore({ registries: { plainHttp: [registry.host] } })
  let count = 0
  return {
    images: store.images,
    registry: registry.host,
    make(name, config) {
      count += 1
      return store.image(name, [[{ path: 'file', content: `${count}` }]], config)
    },
    async dispose() {
      await store.close()
      await registry.stop()
    },
  }
})

describeImages('the fake', async () => {
  const engine = fakeEngine()
  let count = 0
  return {
    images: engine.images,
    registry: '127.0.0.1:5000',
    async make(name, config) {
      count += 1
      return engine.images.add(name, config, `${count}`)
    },
    dispose: () => engine.close(),
  }
})
