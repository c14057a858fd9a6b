import { localRunner } from '@berth/command'
import { openOverlayFileSystems } from '../drivers/overlay-file-systems.ts'
import { openImageStore } from '../store/image-store.ts'

/** A process for tests that kill it: `node doomed-pull.ts HOME REGISTRY NAME`; prints each step of its pull. */
const [home = '', registry = '', name = ''] = process.argv.slice(2)
const fileSystems = await openOverlayFileSystems({ home, run: `${home}/run`, commands: localRunner })
const registries = { plainHttp: [registry] }
const images = await openImageStore({ home, fileSystems, commands: localRunner, registries })
await images.pull(name, { sink: (event) => console.log(event.kind) })
console.log('pulled')
await fileSystems.close()
