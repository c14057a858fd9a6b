import type { DiskLimits } from '@berth/engine'
import { cliError } from '../errors.ts'
import { parseSize } from './sizes.ts'

/** The flags of `volume create` and `volume resize`, as they were written. */
export type LimitFlags = { size?: string; files?: string }

/** What is not said is left out; `none` is null. @throws CLI.BAD_INPUT */
export function volumeLimits({ size, files }: LimitFlags): Partial<DiskLimits> {
  return {
    ...(size === undefined ? {} : { bytes: size === 'none' ? null : parseSize(size) }),
    ...(files === undefined ? {} : { files: files === 'none' ? null : fileCount(files) }),
  }
}

/** `-o size=10g`. @throws CLI.BAD_INPUT */
export function sizeOption(options: readonly string[]): LimitFlags {
  const [size] = options.map(
    (text) => /^size=(.+)$/.exec(text)?.[1] ?? bad('--opt knows size= alone: -o size=10g.'),
  )
  return size === undefined ? {} : { size }
}

function fileCount(text: string): number {
  return /^\d{1,15}$/.test(text)
    ? Number(text)
    : bad(`A number of files is written as 10000; this is ${JSON.stringify(text)}.`)
}

function bad(what: string): never {
  throw cliError['CLI.BAD_INPUT']({ what })
}
