import { cliError } from '../errors.ts'

/**
 * `NAME=value`, several times. A name alone takes the value that `env` has for it, and is left out where that has none;
 * without an `env` its value is empty. @throws CLI.BAD_INPUT
 */
export function parseAssignments(
  given: readonly string[],
  flag: string,
  env?: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const pairs = given.flatMap((text) => {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
    if (name === '') {
      throw cliError['CLI.BAD_INPUT']({ what: `${flag} needs NAME=value; this is ${JSON.stringify(text)}.` })
    }
    const found = value ?? (env === undefined ? '' : env[name])
    return found === undefined ? [] : [[name, found] as const]
  })
  return Object.fromEntries(pairs)
}
