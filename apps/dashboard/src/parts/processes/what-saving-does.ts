import { saySize } from '@berth/ui'

/** What a person wants of a process type. Null: as much as is free. */
export type Wish = { quantity: number; memoryBytes: number; cpus: number | null }

type Situation = {
  type: string
  before: Wish
  wish: Wish
  /** Somebody has stopped the app: nothing of it runs. */
  stopped: boolean
  /** The most that one of its instances uses now; null: not known. */
  usedBytes: number | null
  /** What the other types may use at most, and what the machine has. */
  othersBytes: number
  machineBytes: number
}

/** What saving does, in sentences, and what may come of it. Nothing where nothing changes. */
export function whatSavingDoes(situation: Situation): { does: string[]; warns: string[] } {
  const { before, wish, stopped } = situation
  const does = [ofQuantity(situation), ofLimits(situation)].filter((said) => said !== null)
  if (does.length > 0 && stopped) does.push('The app is stopped: this counts when it is started.')
  const changesMemory = wish.memoryBytes !== before.memoryBytes || wish.quantity > before.quantity
  return { does, warns: changesMemory ? warningsOf(situation) : [] }
}

export function isSame(one: Wish, other: Wish): boolean {
  return one.quantity === other.quantity && !changesLimits(one, other)
}

export function changesLimits(one: Wish, other: Wish): boolean {
  return one.memoryBytes !== other.memoryBytes || one.cpus !== other.cpus
}

function ofQuantity({ type, before, wish }: Situation): string | null {
  const difference = wish.quantity - before.quantity
  if (difference === 0) return null
  const first = Math.min(wish.quantity, before.quantity) + 1
  const last = Math.max(wish.quantity, before.quantity)
  if (difference > 0) return `Starts ${named(type, first, last)}.`
  const stops = `Stops ${named(type, first, last)}, when what they do is done.`
  if (wish.quantity > 0)
    return difference === -1 ? `Stops ${type}.${last}, when what it does is done.` : stops
  return type === 'web'
    ? 'Stops web altogether: nothing answers at the app’s address then.'
    : `Stops ${type} altogether.`
}

/** `web.3`, `web.3 and web.4`, `web.3 to web.9` */
function named(type: string, first: number, last: number): string {
  if (first === last) return `${type}.${first}`
  return `${type}.${first} ${last - first === 1 ? 'and' : 'to'} ${type}.${last}`
}

function ofLimits({ before, wish }: Situation): string | null {
  if (!changesLimits(before, wish)) return null
  return 'Makes a new release, and replaces every instance of the app without downtime: limits belong to the release.'
}

function warningsOf({ type, wish, usedBytes, othersBytes, machineBytes }: Situation): string[] {
  const warnings: string[] = []
  if (usedBytes !== null && usedBytes > wish.memoryBytes)
    warnings.push(
      `${type} uses ${saySize(usedBytes)} now: with ${saySize(wish.memoryBytes)} it would be killed.`,
    )
  const together = wish.quantity * wish.memoryBytes + othersBytes
  if (together > machineBytes)
    warnings.push(
      `All instances of the app together might use ${saySize(together)}; this machine has ${saySize(machineBytes)}.`,
    )
  return warnings
}
