import type { Variables } from '../dockerfile/expand-words.ts'
import type { ArgInstruction, Dockerfile } from '../dockerfile/instruction.ts'
import { normalized, platformName } from './platform.ts'
import { expander } from './stage-state.ts'

/**
 * Build arguments. Those before the first FROM are seen by FROM lines, and by a stage that declares them again without
 * a default. A given value counts only where an ARG declares its name, so that one that changes with every push, such
 * as BERTH_REVISION, spoils the cache of those builds only that use it. Proxies reach every RUN without being declared,
 * and are in no key. Reference: Docker's "Dockerfile reference", ARG.
 */
export type GivenArguments = Readonly<Record<string, string>>

export type Platform = { os: string; architecture: string }

export type ArgumentOptions = {
  arguments: GivenArguments
  platform: Platform
  /** The stage that is asked for; null: the last. */
  target: string | null
}

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY']
/** Set by Berth for every build, whichever app it is for. */
const predefinedNames = ['BERTH_REVISION']
/** They steer what BuildKit adds to an image, and are no variables of its steps. */
const unseenNames: ReadonlySet<string> = new Set(['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE'])

/** @throws BUILD.SYNTAX */
export function globalVariables(dockerfile: Dockerfile, options: ArgumentOptions): Variables {
  const given = options.arguments
  const variables = new Map(Object.entries(builtIn(dockerfile, options)))
  for (const name of [...variables.keys(), ...predefinedNames]) {
    if (Object.hasOwn(given, name)) variables.set(name, given[name] ?? '')
  }
  for (const instruction of dockerfile.globalArguments) {
    const escapeChar = dockerfile.directives.escape
    for (const { name, value } of declared(instruction, {
      given,
      globals: new Map(),
      variables,
      escapeChar,
    })) {
      if (value !== null) variables.set(name, value)
    }
  }
  return variables
}

type Scope = {
  given: GivenArguments
  globals: Variables
  /** What the defaults may name. */
  variables: Variables
  escapeChar: '\\' | '`'
}

/** What an ARG declares, in its order; without any value it is null. @throws BUILD.SYNTAX */
export function declared(
  instruction: ArgInstruction,
  { given, globals, variables, escapeChar }: Scope,
): { name: string; value: string | null }[] {
  const known = new Map(variables)
  const expand = expander(known, escapeChar)
  return instruction.declarations.map(({ name, value: written }) => {
    const value = Object.hasOwn(given, name)
      ? (given[name] ?? '')
      : written === null
        ? (globals.get(name) ?? null)
        : expand.one(written, instruction.place)
    if (value !== null) known.set(name, value)
    return { name, value }
  })
}

/** Whether instructions and steps see it once it is declared. */
export function isVariable(name: string): boolean {
  return !unseenNames.has(name)
}

/** In capitals and in small letters, since programs differ; whichever was given. */
export function proxyEnvironment(given: GivenArguments): Record<string, string> {
  const values = new Map(
    Object.entries(given)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => [name.toUpperCase(), value]),
  )
  return Object.fromEntries(
    proxyNames.flatMap((name) => {
      const value = values.get(name)
      return value === undefined || value === ''
        ? []
        : [
            [name, value],
            [name.toLowerCase(), value],
          ]
    }),
  )
}

/** SOURCE_DATE_EPOCH: seconds, given or as the default of a global ARG. Undefined: that is no number of seconds. */
export function sourceDate(given: GivenArguments, globals: Variables): Date | null | undefined {
  const name = 'SOURCE_DATE_EPOCH'
  const text = Object.hasOwn(given, name) ? given[name] : globals.get(name)
  if (text === undefined || text === '') return null
  return /^\d{1,11}$/.test(text) ? new Date(Number(text) * 1000) : undefined
}

/** Given values that nothing asks for. Those that mean something without being declared are left out. */
export function unusedArguments(given: GivenArguments, declaredNames: ReadonlySet<string>): string[] {
  return Object.keys(given).filter((name) => !declaredNames.has(name) && !isPredefined(name))
}

/**
 * Given values that no plan looks at, whatever they are. One that Berth sets itself counts where a FROM line, a default
 * before the first FROM or an ARG has its name.
 */
export function unaskedArguments(
  { stages, globalArguments }: Dockerfile,
  given: GivenArguments,
  declaredNames: ReadonlySet<string>,
): string[] {
  const defaults = globalArguments.flatMap(({ declarations }) => declarations.map(({ value }) => value))
  const texts = [...defaults, ...stages.flatMap(({ from }) => [from.image, from.platform])]
  const own = predefinedNames.filter(
    (name) => !declaredNames.has(name) && !texts.some((text) => text?.includes(name)),
  )
  return [...unusedArguments(given, declaredNames), ...own.filter((name) => Object.hasOwn(given, name))]
}

function isPredefined(name: string): boolean {
  return (
    proxyNames.includes(name.toUpperCase()) ||
    predefinedNames.includes(name) ||
    /^(?:BUILDKIT_.+|(?:TARGET|BUILD)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT))$/.test(name) ||
    name === 'TARGETSTAGE' ||
    name === 'SOURCE_DATE_EPOCH'
  )
}

function builtIn(dockerfile: Dockerfile, { platform, target }: ArgumentOptions): Record<string, string> {
  const full = normalized(platform.os, platform.architecture)
  const both = (prefix: string) => ({
    [`${prefix}PLATFORM`]: platformName(full),
    [`${prefix}OS`]: full.os,
    [`${prefix}OSVERSION`]: '',
    [`${prefix}ARCH`]: full.architecture,
    [`${prefix}VARIANT`]: full.variant,
  })
  const stage = target ?? dockerfile.stages.at(-1)?.name ?? 'default'
  return { ...both('TARGET'), ...both('BUILD'), TARGETSTAGE: stage }
}
