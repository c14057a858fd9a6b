import type { Action } from '@berth/people'

/**
 * What can be allowed. Every procedure names one of these; a procedure that names none is refused.
 *
 * - `public`: nobody needs to be signed in.
 * - `own`: a signed-in person and what is theirs alone (keys, tokens, the list of their apps).
 * - the others are actions of packages/people, on the team that the app belongs to.
 */
export type Permission = 'public' | 'own' | Action
