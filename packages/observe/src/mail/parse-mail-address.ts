import { mailError } from './errors.ts'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
/** 64 and 255: RFC 5321, 4.5.3.1. */
const shape = new RegExp(`^[a-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@${label}(?:\\.${label})*$`, 'i')

/**
 * An address as HTML's `input type=email` accepts it: no quoted local parts, no comments, no display name, so that nothing
 * in it can end a header or a command of SMTP. @throws MAIL.ADDRESS_INVALID
 */
export function parseMailAddress(given: string): string {
  const address = given.slice(0, 1_000).trim()
  if (address.length <= 255 && shape.test(address)) return address
  throw mailError['MAIL.ADDRESS_INVALID']({ address: address.slice(0, 100) })
}
