import { z } from 'zod'
import { peopleError } from './errors.ts'
import { oneLine } from './one-line.ts'

/** What people type about themselves, checked before anything is stored. */

export const passwordLength = { min: 10, max: 128 }

const email = z.email().max(254)

/** @throws PEOPLE.INVALID */
export function parseName(given: string): string {
  const name = oneLine(given)
  if (name === '') throw peopleError['PEOPLE.INVALID']({ what: 'name', expected: 'at least one character' })
  return name
}

/** In lower case, as accounts are found by it. @throws PEOPLE.INVALID */
export function parseEmail(given: string): string {
  const parsed = email.safeParse(given.trim().toLowerCase())
  if (parsed.success) return parsed.data
  throw peopleError['PEOPLE.INVALID']({ what: 'e-mail address', expected: 'like ada@example.com' })
}

/** Long is what counts; no rules about kinds of characters (NIST SP 800-63B, 3.1.1). @throws PEOPLE.INVALID */
export function parsePassword(given: string): string {
  const { min, max } = passwordLength
  if (given.length >= min && given.length <= max) return given
  throw peopleError['PEOPLE.INVALID']({ what: 'password', expected: `${min} to ${max} characters long` })
}
