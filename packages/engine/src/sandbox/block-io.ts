import { type Stats, statSync } from 'node:fs'
import { containerError } from '../container/errors.ts'
import type { BlockIoLimits } from '../engine.ts'

/** As `linux.resources.blockIO` of the OCI runtime specification. */
export type ResolvedBlockIo = {
  weight?: number
  throttleReadBpsDevice?: Throttle[]
  throttleWriteBpsDevice?: Throttle[]
  throttleReadIOPSDevice?: Throttle[]
  throttleWriteIOPSDevice?: Throttle[]
}

type Throttle = { major: number; minor: number; rate: number }

/** Paths of devices become their numbers. @throws CONTAINER.INVALID: no block device, or no rate */
export function resolveBlockIo(limits: BlockIoLimits): ResolvedBlockIo {
  return {
    ...(limits.weight === undefined ? {} : { weight: limits.weight }),
    ...throttles('throttleReadBpsDevice', limits.readBytesPerSecond),
    ...throttles('throttleWriteBpsDevice', limits.writeBytesPerSecond),
    ...throttles('throttleReadIOPSDevice', limits.readOperationsPerSecond),
    ...throttles('throttleWriteIOPSDevice', limits.writeOperationsPerSecond),
  }
}

function throttles(name: keyof ResolvedBlockIo, rates: Readonly<Record<string, number>> | undefined) {
  const all = Object.entries(rates ?? {}).map(([path, rate]) => ({
    ...deviceNumbers(path),
    rate: wholeRate(rate),
  }))
  return all.length === 0 ? {} : { [name]: all }
}

function wholeRate(rate: number): number {
  if (Number.isInteger(rate) && rate > 0) return rate
  throw containerError['CONTAINER.INVALID']({ what: 'rate of block I/O', given: String(rate) })
}

/** Source of the layout: glibc, bits/sysmacros.h. */
function deviceNumbers(path: string) {
  const stats = statDevice(path)
  if (!stats?.isBlockDevice()) {
    throw containerError['CONTAINER.INVALID']({ what: 'path of a block device', given: path })
  }
  const device = BigInt(stats.rdev)
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffffffffn)
  return { major: Number(major), minor: Number(minor) }
}

function statDevice(path: string): Stats | undefined {
  return path.startsWith('/dev/') && !path.includes('\0')
    ? statSync(path, { throwIfNoEntry: false })
    : undefined
}
