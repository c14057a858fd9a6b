import type { AuditOutcome } from '@berth/domain'
import type { MarkShape, Tone } from '@berth/ui'

type Mark = { shape: MarkShape; tone: Tone; word: string }

/** `begun`: a crash may have ended it, or it goes on. */
export const auditMarks: Record<AuditOutcome, Mark> = {
  done: { shape: 'check', tone: 'good', word: 'Done' },
  refused: { shape: 'half', tone: 'warn', word: 'Refused' },
  failed: { shape: 'triangle', tone: 'bad', word: 'Failed' },
  begun: { shape: 'square', tone: 'grey', word: 'End not known' },
}
