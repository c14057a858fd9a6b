import { stderr } from 'node:process'
import { BerthError } from '@berth/domain'
import { plain } from './output.ts'

/**
 * The command line's one translation of errors: message and hint for what was expected, the whole trace for a bug.
 * Returns the exit status: 1 where what was asked was wrong, 69 where the platform could not, 70 for a bug (the last two
 * as in sysexits.h). For a program that said --json, as one line of it: `{"error":{"code":…,"message":…,"hint":…}}`.
 */
export async function sayError(thrown: unknown): Promise<number> {
  const error = thrown instanceof BerthError ? thrown : await fromElsewhere(thrown)
  if (!(error instanceof BerthError)) {
    stderr.write(` !     This is a bug in berth: ${error instanceof Error ? error.stack : String(error)}\n`)
    return 70
  }
  const { code, message, hint } = error
  if (saysJson(process.argv)) stderr.write(`${JSON.stringify({ error: { code, message, hint } })}\n`)
  else
    for (const line of [message, ...hint.split('\n')].filter(Boolean)) stderr.write(` !     ${plain(line)}\n`)
  return error.fault === 'user' ? 1 : 69
}

/** What stands behind `--` is somebody else's. */
function saysJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

/** The client of the API, which alone throws its errors, is loaded where one may have come from it. */
async function fromElsewhere(thrown: unknown): Promise<unknown> {
  const { fromRemoteError, knownUrl } = await import('./remote.ts')
  return fromRemoteError(thrown, await knownUrl())
}
