import type { Variables } from '../dockerfile/expand-words.ts'
import type { ArgInstruction, Dockerfile } from '../dockerfile/instruction.ts'
import { expander } from './stage-state.ts'

/**
 * Build arguments. Those before the first FROM are seen by FROM lines, and by a stage that declares them again without
 * a default. A given value counts only where an ARG declares its name, so that one that changes with every push, such
 * as BERTH_REVISION, spoils the cache of those builds only that use it. Proxies reach every RUN without being declared,
 * and are in no key. Reference: Docker's "Dockerfile reference", ARG.
 */
export type GivenArguments = Readonly<Record<string, string>>

export type Platform = { os: string; architecture: string }

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY']
/** Set by Berth for every build, whichever app it is for. */
const predefinedNames = ['BERTH_REVISION']

export function globalVariables(
  dockerfile: Dockerfile,
  given: GivenArguments,
  platform: Platform,
): Variables {
  const variables = new Map(Object.entries(platformArguments(platform)))
  for (const name of [...variables.keys(), ...predefinedNames]) {
    if (Object.hasOwn(given, name)) variables.set(name, given[name] ?? '')
  }
  for (const instruction of dockerfile.globalArguments) {
    const escapeChar = dockerfile.directives.escape
    for (const { name, value } of declared(instruction, given, new Map(), variables, escapeChar)) {
      variables.set(name, value)
    }
  }
  return variables
}

/** The values that an ARG brings into its stage. One without any value brings nothing. */
export function declared(
  instruction: ArgInstruction,
  given: GivenArguments,
  globals: Variables,
  scope: Variables,
  escapeChar: '\\' | '`',
): { name: string; value: string }[] {
  const known = new Map(scope)
  const expand = expander(known, escapeChar)
  return instruction.declarations.flatMap((declaration) => {
    const name = expand.one(declaration.name, instruction.place)
    const byDefault =
      declaration.value === null ? globals.get(name) : expand.one(declaration.value, instruction.place)
    const value = Object.hasOwn(given, name) ? given[name] : byDefault
    if (value === undefined) return []
    if (!known.has(name)) known.set(name, value)
    return [{ name, value }]
  })
}

export function proxyEnvironment(given: GivenArguments): Record<string, string> {
  const names = proxyNames.flatMap((name) => [name, name.toLowerCase()])
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(given, name) ? [[name, given[name] ?? '']] : [])),
  )
}

function platformArguments({ os, architecture }: Platform): Record<string, string> {
  const both = (prefix: string) => ({
    [`${prefix}PLATFORM`]: `${os}/${architecture}`,
    [`${prefix}OS`]: os,
    [`${prefix}ARCH`]: architecture,
    [`${prefix}VARIANT`]: '',
  })
  return { ...both('TARGET'), ...both('BUILD') }
}
