import type { CommandRunner } from '@berth/command'
import { type ErrorRecord, fromErrorRecord, places, type Settings, settingsEnvironment } from '@berth/domain'
import { endsWithUs, program } from './program.ts'

/** What prepare.ts prints, as JSON. `ownerLink`: the path of the link; null where there is an owner. */
export type Prepared = { ownerLink: string | null; dashboardUrl: string }
export type Preparation = Prepared | { error: ErrorRecord }

/** The status with which it ends when it prints an error. */
export const refused = 3

const preparedWithinMs = 10 * 60_000

/**
 * What the parts need before they start, and only once the database is there, done by a process that ends: this one
 * would otherwise hold the tables' whole machinery in memory. @throws what the database and its migrations throw
 */
export async function prepareParts(
  settings: Settings,
  root: string,
  runner: CommandRunner,
): Promise<Prepared> {
  const words = program(root, 'apps/cli/src/up/prepare.ts')
  const { stdout } = await runner.run(
    endsWithUs('TERM', {
      argv: words,
      env: { ...settingsEnvironment(settings), NODE_COMPILE_CACHE: places(settings).rootCode },
      cwd: '/',
    }),
    { okStatuses: [0, refused], timeoutMs: preparedWithinMs },
  )
  const preparation = JSON.parse(stdout) as Preparation
  if ('error' in preparation) throw fromErrorRecord(preparation.error)
  return preparation
}
