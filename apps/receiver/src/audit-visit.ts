import { type App, type AuditEnding, isBerthError } from '@berth/domain'
import type { From, Visitor } from './doors.ts'
import type { ReceiverParts } from './parts.ts'

/** What a visitor is about to do to an app, for the audit log. */
export type Doing = {
  visitor: Visitor
  from: From
  app: App
  action: string
  before?: unknown
  after?: unknown
}

/** `after`: where it is known at the end alone. */
export type Judged = Pick<AuditEnding, 'outcome' | 'error' | 'after'>

/**
 * Writes down what is about to be done, and afterwards what came of it. Where it cannot be written down, it does not begin:
 * then this throws. What was done and cannot be ended in the log stays `begun` there.
 */
export async function audited<Result>(
  { records, log }: Pick<ReceiverParts, 'records' | 'log'>,
  { visitor, from, app, action, before, after }: Doing,
  work: () => Promise<Result>,
  judge: (result: Result) => Judged = () => ({ outcome: 'done' }),
): Promise<Result> {
  const { person, who, by } = visitor
  const object = { teamId: app.teamId, appId: app.id, object: `app ${app.name}` }
  const id = await records.audit.begin({ personId: person?.id ?? null, who, by, action, ...object, ...from })
  const end = (ending: Judged) =>
    records.audit
      .end(id, { before, after, ...ending })
      .catch((error) => log(`audit log, ending an entry: ${String(error)}`))
  try {
    const result = await work()
    await end(judge(result))
    return result
  } catch (error) {
    await end(endOf(error))
    throw error
  }
}

export function endOf(error: unknown): Judged {
  const known = isBerthError(error) ? error : null
  return {
    outcome: known?.fault === 'user' ? 'refused' : 'failed',
    error: known?.code ?? 'BERTH.UNEXPECTED',
  }
}
