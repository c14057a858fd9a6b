import { beginAfresh, localRunner } from '@berth/command'
import { readSettings } from '@berth/domain'
import { sayError } from '../say-error.ts'
import { mountPoint } from './code-root.ts'
import { runPlatform } from './platform.ts'

/** What `berth up` becomes, in a mount namespace of its own (see code-root.ts). */
beginAfresh()
try {
  await runPlatform({
    settings: readSettings(process.env),
    root: mountPoint,
    runner: localRunner,
    log: (part, line) => process.stdout.write(`${part.padEnd(9)} | ${line}\n`),
  })
} catch (error) {
  process.exitCode = await sayError(error)
}
