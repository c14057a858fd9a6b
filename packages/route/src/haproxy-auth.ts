import { createHmac } from 'node:crypto'
import { answer, section } from './haproxy-words.ts'
import { tooManyGuessesPage } from './pages.ts'
import type { RouteRules } from './route-rules.ts'

/**
 * HTTP basic authentication, and what slows guessing down. From one address (of IPv6: one /64) so many different wrong pairs of
 * name and password are heard in ten minutes; after them whoever says a pair gets 429 there, a right one too, or the
 * guesser would learn it. What it does not do:
 *
 * - Hurt those who know: a browser that has passed before has a cookie that says so, and passes with its right pair whatever
 *   others at its address do. It stands for nothing by itself, and goes with its user.
 * - Count what is said again: a program that keeps asking with an old password is no guesser.
 * - Remember over a reload.
 */
const mostGuesses = 20
const periodMinutes = 10
const cookie = 'BERTH_PASSED'
const cookieAgeSeconds = 30 * 24 * 60 * 60

/** IPv6 as its /64: one household has 2^64 addresses. */
const address = 'src,ipmask(32,64)'
const said = '{ req.hdr(authorization) -m found }'

/** Without a user nobody passes. */
export function authLines({ key, verifiers }: NonNullable<RouteRules['users']>): string[] {
  if (verifiers.length === 0) return ['http-request auth realm Berth']
  const known = `{ var(txn.given) -m str ${verifiers.join(' ')} }`
  const passed = `{ req.cook(${cookie}) -m str ${verifiers.map((one) => passedMark(key, one)).join(' ')} }`
  const mark = `%[var(txn.given),hmac(sha256,${key}),hex]`
  return [
    `stick-table type ipv6 size 10k expire ${periodMinutes}m store gpc0,gpc0_rate(${periodMinutes}m)`,
    `http-request set-var(txn.given) req.hdr(authorization),word(2,' '),b64dec,hmac(sha256,${key}),hex`,
    `http-request track-sc0 ${address}`,
    `http-request ${answer(tooManyGuessesPage)} if ${said} { sc0_gpc0_rate ge ${mostGuesses} } !${passed}`,
    `http-request set-var(txn.known) bool(true) if ${known}`,
    `http-request track-sc1 ${address},concat(-,txn.given) table ${guessesTable} if ${said} !${known}`,
    `http-request sc-inc-gpc0(0) if ${said} !${known} { sc1_get_gpc0 eq 0 }`,
    `http-request sc-inc-gpc0(1) if ${said} !${known}`,
    `http-request auth realm Berth unless ${known}`,
    `http-request set-var(txn.passed) bool(true) if ${passed}`,
    `http-response add-header Set-Cookie "${cookie}=${mark}; Path=/; Max-Age=${cookieAgeSeconds}; HttpOnly; SameSite=Lax" if { var(txn.known) -m bool } !{ var(txn.passed) -m found }`,
  ]
}

const guessesTable = 'guesses'

/** What was said wrongly, and from where, of all routes: keys are of one route's own, because its verifiers are. */
export function guessesSection(): string {
  return section(`backend ${guessesTable}`, [
    `stick-table type string len 110 size 50k expire ${periodMinutes}m store gpc0`,
  ])
}

/** As HAProxy makes it of what was given: `hmac(sha256,key),hex`. */
function passedMark(key: string, verifier: string): string {
  const hmac = createHmac('sha256', Buffer.from(key, 'base64'))
  return hmac.update(verifier).digest('hex').toUpperCase()
}
