import type { AuditBeginning, AuditEnding } from '@berth/domain'
import type { AuditLog } from '@berth/observe'

/**
 * What keeps somebody who is signed in from filling the audit log with calls that are refused before they begin. Of one
 * person, action and reason the first is written down at once; whatever follows within the minute is counted, and becomes
 * one more entry when the minute is over: `after: { again: 41 }`. A process that ends in between loses that count, never
 * the first.
 */
const windowMs = 60_000

type Counted = { again: number }
type Windows = Map<string, Counted>

/** A log is one process's; a test has its own. */
const windows = new WeakMap<object, Windows>()

export async function addRefusal(
  audit: Pick<AuditLog, 'add'>,
  beginning: AuditBeginning,
  ending: AuditEnding,
): Promise<void> {
  const open = windowsOf(audit)
  const key = JSON.stringify([beginning.personId, beginning.by, beginning.action, ending.error])
  const counted = open.get(key)
  if (counted !== undefined) {
    counted.again += 1
    return
  }
  const begun = { again: 0 }
  open.set(key, begun)
  const close = () => {
    open.delete(key)
    if (begun.again === 0) return
    const after = { again: begun.again }
    audit
      .add(beginning, { ...ending, after })
      .catch((error) => console.error('audit log, a count of refused calls:', error))
  }
  setTimeout(close, windowMs).unref()
  await audit.add(beginning, ending)
}

function windowsOf(audit: object): Windows {
  const open = windows.get(audit) ?? new Map<string, Counted>()
  windows.set(audit, open)
  return open
}
