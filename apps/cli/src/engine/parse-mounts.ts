import type { ContainerMount } from '@berth/engine'
import { cliError } from '../errors.ts'
import { keyValues } from './key-values.ts'
import { parseSize } from './sizes.ts'

/** A mount as it is asked for: an anonymous volume has no name yet. */
export type AskedMount = ContainerMount | { kind: 'anonymous'; target: string }

/**
 * Docker's `-v`: `name:/inside[:ro]`, `/outside:/inside[:ro]`, or `/inside` for a volume without a name.
 * @throws CLI.BAD_INPUT
 */
export function parseVolume(text: string): AskedMount {
  const parts = text.split(':')
  const [source = '', target, options = 'rw'] = parts
  if (parts.length === 1) return { kind: 'anonymous', target: absolute(source, text) }
  const words = options.split(',')
  if (parts.length > 3 || words.some((word) => !['ro', 'rw', 'z', 'Z'].includes(word))) refuse('-v', text)
  const rest = { target: absolute(target ?? '', text), readOnly: words.includes('ro') }
  return source.startsWith('/')
    ? { kind: 'bind', source, ...rest }
    : { kind: 'volume', volume: source, ...rest }
}

/** Docker's `--tmpfs`: `/inside[:size=64m,mode=1777]`. @throws CLI.BAD_INPUT */
export function parseTmpfs(text: string): ContainerMount {
  const [target = '', options = ''] = text.split(':', 2)
  const given = keyValues(options)
  return {
    kind: 'tmpfs',
    target: absolute(target, text),
    sizeBytes: given.size === undefined ? null : parseSize(given.size),
    mode: given.mode === undefined ? 0o1777 : octal(given.mode, text),
  }
}

/** Docker's `--mount`: `type=volume,source=name,target=/inside,readonly`. @throws CLI.BAD_INPUT */
export function parseMount(text: string): AskedMount {
  const given = keyValues(text)
  const source = given.source ?? given.src ?? ''
  const target = absolute(given.target ?? given.destination ?? given.dst ?? '', text)
  const flag = given.readonly ?? given.ro
  const readOnly = flag !== undefined && flag !== 'false' && flag !== '0'
  switch (given.type ?? 'volume') {
    case 'volume':
      return source === ''
        ? { kind: 'anonymous', target }
        : { kind: 'volume', volume: source, target, readOnly }
    case 'bind':
      return { kind: 'bind', source: absolute(source, text), target, readOnly }
    case 'tmpfs': {
      const [size, mode] = [given['tmpfs-size'], given['tmpfs-mode']]
      const sizeBytes = size === undefined ? null : parseSize(size)
      return { kind: 'tmpfs', target, sizeBytes, mode: mode === undefined ? 0o1777 : octal(mode, text) }
    }
    default:
      return refuse('--mount', text)
  }
}

function octal(text: string, whole: string): number {
  return /^[0-7]{1,5}$/.test(text) ? Number.parseInt(text, 8) : refuse('--tmpfs', whole)
}

function absolute(path: string, whole: string): string {
  return path.startsWith('/') && !path.includes('\0') ? path : refuse('-v', whole)
}

function refuse(flag: string, text: string): never {
  throw cliError['CLI.BAD_INPUT']({
    what: `${flag} ${JSON.stringify(text)} is no mount. Write it as NAME:/inside, /outside:/inside or /inside, with :ro behind it to forbid writing.`,
  })
}
