/**
 * Mail that the platform sends: notifications, invitations, a new password.
 *
 * Contract of `SendMail`:
 * - Resolves with what the server said when it took the mail: it is its duty from then on, and may still come back.
 * - Bounded in time (30 s). MAIL.FAILED may be tried again; MAIL.REFUSED not, nor MAIL.NOT_SET_UP.
 * - Header and address cannot be broken out of: a line end in one is refused.
 * - No error holds the password, nor the text of the mail.
 */
export type SendMail = (mail: Mail) => Promise<{ answer: string }>

/** Plain text alone: nobody must wonder what a picture or a link's text hides. */
export type Mail = { to: readonly string[]; subject: string; text: string }
