import type { Role } from '@berth/domain'

/**
 * What can be allowed. Every procedure names one of these; a procedure that names none is refused.
 *
 * - `public`: nobody needs to be signed in.
 * - `own`: a signed-in person and what is theirs alone (keys, tokens, the list of their apps).
 * - the others concern a team's app (or the team itself, for `app.create`).
 */
export type Permission = 'public' | 'own' | AppPermission
export type AppPermission = 'app.view' | 'app.create' | 'app.deploy' | 'app.remove'

/** The one question, asked of packages/people: may a member with this role do this in their team? */
export type MayInTeam = (role: Role, permission: AppPermission) => boolean
