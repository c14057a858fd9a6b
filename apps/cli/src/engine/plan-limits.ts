import type { BlockIoLimits, ContainerLimits } from '@berth/engine'
import { cliError } from '../errors.ts'
import { parseSize } from './sizes.ts'

/** The flags of `run` and `create` that say what a container may use, as they were written. */
export type LimitFlags = {
  memory?: string
  memorySwap?: string
  cpus?: string
  cpuShares?: string
  pidsLimit?: string
  storageOpt: readonly string[]
  ulimit: readonly string[]
  blkioWeight?: string
  deviceReadBps: readonly string[]
  deviceWriteBps: readonly string[]
  deviceReadIops: readonly string[]
  deviceWriteIops: readonly string[]
}

/** Docker's weight for one that says nothing, 1,024, is our 100. */
const dockerShares = 1024
const ownWeight = 100
/** Bounded unless asked otherwise, so that one container cannot take every process id of the machine. */
const defaultPids = 4_096

/** @throws CLI.BAD_INPUT */
export function planLimits(flags: LimitFlags): ContainerLimits {
  const memoryBytes = flags.memory === undefined ? null : parseSize(flags.memory)
  const openFiles = openFilesOf(flags.ulimit)
  const blockIo = blockIoOf(flags)
  return {
    memoryBytes,
    cpuWeight: flags.cpuShares === undefined ? ownWeight : weight(flags.cpuShares),
    cpus: flags.cpus === undefined ? null : positive(flags.cpus, '--cpus'),
    pids: flags.pidsLimit === undefined ? defaultPids : positive(flags.pidsLimit, '--pids-limit'),
    ...(flags.memorySwap === undefined ? {} : { memoryAndSwapBytes: swap(flags.memorySwap) }),
    ...(openFiles === undefined ? {} : { openFiles }),
    ...(blockIo === undefined ? {} : { blockIo }),
    ...writable(flags.storageOpt),
  }
}

/** `size=10g`, as Docker writes it, and `files=100000`. */
function writable(options: readonly string[]): Pick<ContainerLimits, 'writableBytes' | 'writableFiles'> {
  return Object.assign(
    {},
    ...options.map((text) => {
      const [, name, value = ''] = /^(size|files)=(.+)$/.exec(text) ?? []
      if (name === 'size') return { writableBytes: parseSize(value) }
      if (name === 'files') return { writableFiles: positive(value, '--storage-opt files=') }
      return bad('--storage-opt knows size= and files= alone: --storage-opt size=10g.')
    }),
  )
}

function weight(shares: string): number {
  return Math.max(1, Math.round((positive(shares, '--cpu-shares') * ownWeight) / dockerShares))
}

/** `-1` is no end, as with Docker: the largest number there is. */
function swap(text: string): number {
  return text === '-1' ? Number.MAX_SAFE_INTEGER : parseSize(text)
}

function openFilesOf(ulimits: readonly string[]): number | undefined {
  const [last] = ulimits.toReversed().map((text) => /^nofile=(\d{1,9})(?::\d{1,9})?$/.exec(text)?.[1])
  if (ulimits.length > 0 && last === undefined) bad('--ulimit knows nofile alone: --ulimit nofile=4096.')
  return last === undefined ? undefined : Number(last)
}

function blockIoOf(flags: LimitFlags): BlockIoLimits | undefined {
  const rates = (given: readonly string[], parse: (text: string) => number) =>
    Object.fromEntries(
      given.map((text) => {
        const [, device, rate = ''] = /^(\/[^:]+):(.+)$/.exec(text) ?? []
        return device === undefined
          ? bad(`A device's limit is written as /dev/sda:10m; this is ${JSON.stringify(text)}.`)
          : [device, parse(rate)]
      }),
    )
  const number = (text: string) => positive(text, 'a limit of operations')
  const all: BlockIoLimits = {
    ...(flags.blkioWeight === undefined ? {} : { weight: positive(flags.blkioWeight, '--blkio-weight') }),
    readBytesPerSecond: rates(flags.deviceReadBps, parseSize),
    writeBytesPerSecond: rates(flags.deviceWriteBps, parseSize),
    readOperationsPerSecond: rates(flags.deviceReadIops, number),
    writeOperationsPerSecond: rates(flags.deviceWriteIops, number),
  }
  const given = Object.entries(all).filter(
    ([, value]) => typeof value === 'number' || Object.keys(value).length > 0,
  )
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

function positive(text: string, flag: string): number {
  const number = Number(text)
  return text.trim() !== '' && number > 0 && Number.isFinite(number)
    ? number
    : bad(`${flag} needs a number above 0; this is ${JSON.stringify(text)}.`)
}

function bad(what: string): never {
  throw cliError['CLI.BAD_INPUT']({ what })
}
