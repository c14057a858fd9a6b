import type { MachineView } from '@berth/observe'
import { type BarPart, saySize } from '@berth/ui'

type Disk = Pick<MachineView['disk'], 'uses' | 'usedBytes' | 'freeBytes'>

const tones: readonly BarPart['tone'][] = [
  'accent',
  'soft',
  'second',
  'third',
  'good',
  'warn',
  'grey',
  'grey',
]

/** What the disk is used for, the largest first; what is neither Berth's nor free is everybody else's. */
export function diskParts({ uses, usedBytes, freeBytes }: Disk): BarPart[] {
  const own = [...uses]
    .sort((one, other) => (other.bytes ?? -1) - (one.bytes ?? -1))
    .map(({ name, bytes }, index) => partOf(sayUse(name), bytes, tones[index] ?? 'grey'))
  const counted = uses.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  // Counted at another moment than the whole: a little less than nothing is nothing.
  const rest = partOf('Others', Math.max(0, usedBytes - counted), 'line')
  return [...own, rest, { ...partOf('Free', freeBytes, 'line'), size: null }]
}

function partOf(name: string, bytes: number | null, tone: BarPart['tone']): BarPart {
  return { name, size: bytes, words: bytes === null ? '–' : saySize(bytes), tone }
}

function sayUse(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
