import { localRunner } from '@berth/command'
import { openHostEngine } from '../drivers/host-engine.ts'
import { type Operation, operations } from './operations.ts'

/** `BERTH_KILLED_AT=POINT node doomed-operation.ts HOME OPERATION REGISTRY`: does it, and dies on the way. */
const [path = '', operation = '', registry = ''] = process.argv.slice(2)
const home = { home: path, run: `${path}/run`, commands: localRunner }
const engine = await openHostEngine({ ...home, registries: { plainHttp: [registry] } })
await operations[operation as Operation](engine, { home, registry })
await engine.close()
console.log('not killed')
