import type { App, AuditBeginning, AuditEnding, Team } from '@berth/domain'
import { addRefusal } from './audit-refusals.ts'
import type { ApiContext, Change } from './context.ts'
import { toBerthError } from './translate-errors.ts'

/**
 * One mutation in the audit log. It is written down before its body begins: where that cannot be done, the body does not
 * begin. What ends the process in between leaves the entry `begun`. A call that is refused before its body is written
 * down too, if somebody was signed in; strangers would otherwise fill the log, and so that they do not either, repeated ones
 * are counted (audit-refusals.ts).
 */
export type AuditRecord = {
  begin(subject: Subject): Promise<void>
  /** `error`: what the call ended with; null where it did what it should. */
  end(error: unknown): Promise<void>
}

/** What a call is about, as the guard before its body has found it. */
export type Subject = { app?: App; team?: Team; teamId?: string }

export function openAuditRecord(ctx: ApiContext, action: string): AuditRecord {
  const { audit } = ctx.stores
  let id: string | null = null
  return {
    async begin(subject) {
      id = await audit.begin(beginningOf(ctx, action, subject))
    },
    async end(error) {
      const ending = { ...outcomeOf(error), ...toldOf(ctx.change) }
      if (id !== null) await endQuietly(() => audit.end(id as string, ending))
      else if (error === null)
        throw new Error(`${action} changed something that the audit log was not told of`)
      else if (ctx.person !== null) await addRefusal(audit, beginningOf(ctx, action, {}), ending)
    },
  }
}

/** What was done is done: its asker is told so, and the entry stays `begun`, which is true of what is known of it. */
async function endQuietly(end: () => Promise<void>): Promise<void> {
  await end().catch((error) => console.error('audit log, ending an entry:', error))
}

function beginningOf(ctx: ApiContext, action: string, { app, team, teamId }: Subject): AuditBeginning {
  const { person, token, from } = ctx
  return {
    personId: person?.id ?? null,
    who: person === null ? 'nobody' : `${person.name} <${person.email}>`,
    by: token === null ? null : `token ${token.name} (${token.prefix})`,
    action,
    teamId: app?.teamId ?? team?.id ?? teamId ?? null,
    appId: app?.id ?? null,
    object: app ? `app ${app.name}` : team ? `team ${team.name}` : '',
    ...from,
  }
}

function toldOf({ before, after, app, team }: Change): Omit<AuditEnding, 'outcome' | 'error'> {
  if (app) return { before, after, teamId: app.teamId, appId: app.id, object: `app ${app.name}` }
  if (team) return { before, after, teamId: team.id, object: `team ${team.name}` }
  return { before, after }
}

function outcomeOf(error: unknown): Pick<AuditEnding, 'outcome' | 'error'> {
  if (error === null) return { outcome: 'done', error: null }
  const known = toBerthError(error)
  return {
    outcome: known?.fault === 'user' ? 'refused' : 'failed',
    error: known?.code ?? 'BERTH.UNEXPECTED',
  }
}
