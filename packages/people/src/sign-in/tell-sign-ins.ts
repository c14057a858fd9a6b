import type { AuditBeginning, AuditEnding, Person } from '@berth/domain'
import { addressOf } from './address-of.ts'

/** The part of the audit log that signing in writes to (packages/observe, audit/audit-log.ts). */
export type AuditPen = {
  begin(entry: AuditBeginning): Promise<string>
  end(id: string, ending: AuditEnding): Promise<void>
  add(entry: AuditBeginning, ending: AuditEnding): Promise<void>
}

/** What somebody does to their own account, or to get in. */
export function accountEntry(person: Person, action: string, headers: Headers | undefined): AuditBeginning {
  return {
    personId: person.id,
    who: `${person.name} <${person.email}>`,
    by: null,
    action,
    ...{ teamId: null, appId: null, object: '' },
    ...{ door: 'dashboard', address: addressOf(headers), userAgent: headers?.get('user-agent') ?? null },
  }
}

/** How endpoints that sign people in are told of. */
export const signInMethods: Readonly<Record<string, string>> = {
  '/sign-in/email': 'password',
  '/two-factor/verify-totp': 'code',
  '/two-factor/verify-backup-code': 'recovery code',
  '/passkey/verify-authentication': 'passkey',
  '/callback/:id': 'sign-on',
}
