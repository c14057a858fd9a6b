import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { certificateError } from './errors.ts'
import { isPublicSuffix } from './is-public-suffix.ts'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * A domain as people write it: `Bücher.example`, `*.example.com.`, `https://shop.example/`'s host by itself. Comes back in
 * lower case and ASCII. `baseDomain` and everything below it are the platform's own. @throws DOMAIN.INVALID, DOMAIN.RESERVED
 */
export function parseDomain(given: string, { baseDomain }: { baseDomain: string }): string {
  const invalid = (problem: string) => certificateError['DOMAIN.INVALID']({ given, problem })
  const text = given.trim().replace(/\.$/, '')
  const isWildcard = text.startsWith('*.')
  const name = isWildcard ? text.slice(2) : text
  if (/[:/@?#\s]/.test(name)) throw invalid('it is more than a host name')
  if (name.includes('*')) throw invalid('a wildcard stands for the first label alone')
  const host = domainToASCII(name).toLowerCase()
  const labels = host.split('.')
  if (host === '' || host.length > 250 || !labels.every((one) => label.test(one)))
    throw invalid('it is not a host name')
  if (isIP(host) !== 0 || /^\d+$/.test(labels.at(-1) ?? '')) throw invalid('an address is not a name')
  if (labels.length < 2) throw invalid('it has only one label')
  if (isPublicSuffix(labels)) throw invalid('everybody registers names below it')
  const whole = isWildcard ? `*.${host}` : host
  if (isOwnName(whole, baseDomain)) throw certificateError['DOMAIN.RESERVED']({ host: whole })
  return whole
}

/** Below the base domain every name is an app's default one, or may become it. */
function isOwnName(host: string, baseDomain: string): boolean {
  const name = host.replace(/^\*\./, '')
  const holds = host.startsWith('*.') && baseDomain.replace(/^[^.]+\./, '') === name
  return name === baseDomain || name.endsWith(`.${baseDomain}`) || (holds && baseDomain.includes('.'))
}
