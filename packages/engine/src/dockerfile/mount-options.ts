import { fail } from './line-parts.ts'
import type { MountFlag, MountOption, MountOptionName } from './mount-flag.ts'
import { nearestWord } from './nearest-word.ts'
import { type Place, quoted } from './source-text.ts'

/** A mount once its variables have values: what was not given is null, but for what has one default for all types. */
export type MountOptions = {
  type: MountType
  source: string | null
  target: string | null
  id: string | null
  readOnly: boolean
  sharing: 'shared' | 'private' | 'locked'
  required: boolean
  sizeBytes: number | null
  mode: number | null
  uid: number | null
  gid: number | null
  /** Empty: named as the secret is. */
  env: string | null
}

export type MountType = 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh'

const types: readonly MountType[] = ['bind', 'cache', 'tmpfs', 'secret', 'ssh']
const sharings = ['shared', 'private', 'locked'] as const
const highestId = 2 ** 32 - 1

/** Which types take an option that not all take. */
const takenBy: Partial<Record<MountOptionName, readonly MountType[]>> = {
  from: ['bind', 'cache', 'tmpfs', 'ssh'],
  source: ['bind', 'cache', 'tmpfs', 'secret'],
  sharing: ['cache'],
  required: ['secret', 'ssh'],
  size: ['tmpfs'],
  mode: ['cache', 'secret', 'ssh'],
  uid: ['cache', 'secret', 'ssh'],
  gid: ['cache', 'secret', 'ssh'],
}

/** @throws BUILD.SYNTAX */
export function mountOptions(flag: MountFlag, expand: (text: string) => string, place: Place): MountOptions {
  const given = flag.options.map((option) => ({ ...option, value: expandValue(option, expand) }))
  const read = new MountReader(given, place)
  const type = read.word('type', types) ?? 'bind'
  read.checkTaken(type)
  return {
    type,
    source: read.text('source'),
    target: read.text('target'),
    id: read.text('id'),
    readOnly: read.access() ?? (type !== 'cache' && type !== 'tmpfs'),
    sharing: read.word('sharing', sharings) ?? 'shared',
    required: read.isTrue('required') ?? false,
    sizeBytes: read.size(),
    mode: read.number('mode', { base: 8, most: 0o7777 }),
    uid: read.number('uid', { base: 10, most: highestId }),
    gid: read.number('gid', { base: 10, most: highestId }),
    env: read.last('env')?.value ?? null,
  }
}

function expandValue({ value }: MountOption, expand: (text: string) => string): string | null {
  return value === null ? null : expand(value)
}

class MountReader {
  readonly #given: readonly MountOption[]
  readonly #place: Place

  constructor(given: readonly MountOption[], place: Place) {
    this.#given = given
    this.#place = place
  }

  last(...names: readonly MountOptionName[]): MountOption | undefined {
    return this.#given.findLast(({ name }) => names.includes(name))
  }

  text(name: MountOptionName): string | null {
    return this.last(name)?.value || null
  }

  word<Known extends string>(name: MountOptionName, known: readonly Known[]): Known | null {
    const given = this.last(name)?.value
    if (given === undefined || given === null) return null
    const found = known.find((each) => each === given.toLowerCase())
    if (found !== undefined) return found
    const near = nearestWord(given, known)
    const problem = `the ${name} of RUN --mount may be ${known.join(', ')}; this is ${quoted(given)}.`
    fail(this.#place, problem, near === undefined ? undefined : `Did you mean ${near}?`)
  }

  checkTaken(type: MountType): void {
    const stray = this.#given.find(({ name }) => takenBy[name]?.includes(type) === false)
    if (stray !== undefined) fail(this.#place, `a mount of type ${type} takes no ${stray.name}.`)
  }

  /** The last of `ro` and `rw` counts. */
  access(): boolean | null {
    const last = this.last('readonly', 'readwrite')
    if (last === undefined) return null
    const isTrue = this.#boolean(last)
    return last.name === 'readonly' ? isTrue : !isTrue
  }

  isTrue(name: MountOptionName): boolean | null {
    const option = this.last(name)
    return option === undefined ? null : this.#boolean(option)
  }

  #boolean({ name, value }: MountOption): boolean {
    if (value === null || /^(?:1|t|true)$/i.test(value)) return true
    if (/^(?:0|f|false)$/i.test(value)) return false
    fail(this.#place, `the option ${name} of RUN --mount may be true or false; this is ${quoted(value)}.`)
  }

  number(name: MountOptionName, { base, most }: { base: 8 | 10; most: number }): number | null {
    const given = this.last(name)?.value
    if (given === undefined || given === null) return null
    const number = (base === 8 ? /^[0-7]{1,12}$/ : /^\d{1,12}$/).test(given)
      ? Number.parseInt(given, base)
      : Number.NaN
    if (number <= most) return number
    const kind = base === 8 ? 'an octal number such as 0755' : 'a number'
    fail(this.#place, `the ${name} of RUN --mount is ${kind}; this is ${quoted(given)}.`)
  }

  /** `size=64m`: powers of 1,024. Nothing, or 0: no limit of its own. */
  size(): number | null {
    const given = this.last('size')?.value
    if (given === undefined || given === null) return null
    const [, number, unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?) ?([kmgtp]?)i?b?$/i.exec(given) ?? []
    if (number === undefined) {
      fail(this.#place, `the size of RUN --mount is a size such as 64m or 1g; this is ${quoted(given)}.`)
    }
    const bytes = Math.floor(Number(number) * 1024 ** ' kmgtp'.indexOf(unit.toLowerCase() || ' '))
    return bytes === 0 ? null : bytes
  }
}
