import type { DrainView } from '@berth/api'
import { type MarkShape, sayCount, type Tone } from '@berth/ui'

/** How a drain gets on, in a word. */
export function drainMark(state: DrainView['state']): { shape: MarkShape; tone: Tone; word: string } {
  if (state === null) return { shape: 'dash', tone: 'grey', word: 'Not known yet' }
  if (state.problem !== null) return { shape: 'triangle', tone: 'bad', word: 'Not delivered' }
  if (state.waitingLines > 0)
    return { shape: 'ring', tone: 'accent', word: `Sending, ${sayCount(state.waitingLines, 'line')} wait` }
  if (state.lastSentAt === null) return { shape: 'dot', tone: 'grey', word: 'Nothing to send yet' }
  return { shape: 'circle', tone: 'good', word: 'Delivered' }
}
