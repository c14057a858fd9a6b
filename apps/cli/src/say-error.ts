import { stderr } from 'node:process'
import { BerthError } from '@berth/domain'
import { plain } from './output.ts'
import { readProfile } from './profile.ts'
import { fromRemoteError } from './remote.ts'

/**
 * The command line's one translation of errors: message and hint for what was expected, the whole trace for a bug.
 * Returns the exit status: 1 where what was asked was wrong, 69 where the platform could not, 70 for a bug (the last two
 * as in sysexits.h).
 */
export async function sayError(thrown: unknown): Promise<number> {
  const error = fromRemoteError(thrown, await knownUrl())
  if (!(error instanceof BerthError)) {
    stderr.write(` !     This is a bug in berth: ${error instanceof Error ? error.stack : String(error)}\n`)
    return 70
  }
  stderr.write(` !     ${plain(error.message)}\n`)
  for (const line of error.hint.split('\n').filter(Boolean)) stderr.write(` !     ${plain(line)}\n`)
  return error.fault === 'user' ? 1 : 69
}

async function knownUrl(): Promise<string> {
  const profile = await readProfile().catch(() => null)
  return profile?.url ?? 'the platform'
}
