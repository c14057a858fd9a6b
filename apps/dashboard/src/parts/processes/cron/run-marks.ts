import type { CronRunView } from '@berth/api'
import type { Mark } from '../../marks.ts'

/** How each state of a run is drawn and said. */
export const runMarks: Record<CronRunView['state'], Mark> = {
  waiting: { shape: 'dot', tone: 'grey', word: 'Waiting' },
  running: { shape: 'ring', tone: 'accent', word: 'Running' },
  succeeded: { shape: 'check', tone: 'good', word: 'Succeeded' },
  failed: { shape: 'triangle', tone: 'bad', word: 'Failed' },
  skipped: { shape: 'dash', tone: 'grey', word: 'Skipped' },
  missed: { shape: 'half', tone: 'warn', word: 'Missed' },
}
