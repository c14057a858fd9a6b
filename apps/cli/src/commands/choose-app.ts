import { command, localRunner } from '@berth/command'
import { isBerthError } from '@berth/domain'
import { cliError } from '../errors.ts'

/** The app that a command is about: `--app`, or the one that the git remote `berth` of this directory leads to. */
export async function chooseApp(given: string | undefined): Promise<string> {
  if (given !== undefined) return given
  const name = appOfRemote(await berthRemote())
  if (name === null) throw cliError['CLI.BAD_INPUT']({ what: 'Which app? Name it with --app NAME.' })
  return name
}

async function berthRemote(): Promise<string> {
  try {
    return (await localRunner.run(command('git', 'remote', 'get-url', 'berth'))).stdout.trim()
  } catch (error) {
    if (isBerthError(error, 'COMMAND.FAILED', 'COMMAND.NOT_FOUND')) return ''
    throw error
  }
}

/** `ssh://git@host:2222/NAME.git`, `https://host/git/NAME.git` */
export function appOfRemote(url: string): string | null {
  return /\/([a-z][a-z0-9-]*)\.git$/.exec(url)?.[1] ?? null
}
