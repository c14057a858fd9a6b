import { type Finding, type RuleName, rules } from './rules.ts'

/** Which findings count: `skip=NAME,NAME;error=true;experimental=NAME`, or `all` in place of names. */
export type CheckOptions = {
  skip: ReadonlySet<string>
  experimental: ReadonlySet<string>
  /** A finding that counts fails the build. */
  error: boolean
}

export const defaultChecks: CheckOptions = { skip: new Set(), experimental: new Set(), error: false }

const truths: Readonly<Record<string, boolean>> = {
  ...{ true: true, True: true, TRUE: true, t: true, T: true, '1': true },
  ...{ false: false, False: false, FALSE: false, f: false, F: false, '0': false },
}

/** Undefined: the text is no such list. */
export function parseCheckOptions(text: string): CheckOptions | undefined {
  if (text.trim() === '') return defaultChecks
  let options = defaultChecks
  for (const part of text.split(';')) {
    const changed = applied(options, part)
    if (changed === undefined) return undefined
    options = changed
  }
  return options
}

function applied(options: CheckOptions, part: string): CheckOptions | undefined {
  const equals = part.indexOf('=')
  if (equals < 0) return undefined
  const key = part.slice(0, equals).trim()
  const value = part.slice(equals + 1).trim()
  if (key === 'skip' || key === 'experimental') return { ...options, [key]: names(value) }
  if (key !== 'error') return undefined
  const error = Object.hasOwn(truths, value) ? truths[value] : undefined
  return error === undefined ? undefined : { ...options, error }
}

function names(value: string): Set<string> {
  return new Set(value.split(',').map((name) => name.trim()))
}

/** Whether `error=true` means it: names that are none of BuildKit's rules are ours alone. */
export function failsBuild({ rule }: { rule?: string }): boolean {
  return rule !== undefined && Object.hasOwn(rules, rule) && !('isOurs' in rules[rule as RuleName])
}

/** An experimental rule is asked for by name, and skipped by none; any other the other way round. */
export function counts({ rule }: Pick<Finding, 'rule'>, { skip, experimental }: CheckOptions): boolean {
  const has = (set: ReadonlySet<string>, name: RuleName) => set.has('all') || set.has(name)
  return rules[rule].experimental ? has(experimental, rule) : !has(skip, rule)
}
