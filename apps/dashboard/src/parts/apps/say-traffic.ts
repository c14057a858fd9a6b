import type { TrafficView } from '@berth/api'
import { sayCount, sayNumber } from '@berth/ui'

export type TrafficLine = TrafficView['apps'][number]

/** What a line of requests says, in words: for whoever does not see it, and where the pointer rests. */
export function sayTraffic({ total: { requests, serverErrors } }: TrafficLine): string {
  if (requests === null) return 'Nothing is known of the last hour'
  if (requests === 0) return 'No request in the last hour'
  const failed = serverErrors ? `, ${sayNumber(serverErrors)} failed` : ''
  return `${sayCount(requests, 'request')} in the last hour${failed}`
}

/** Short, beside the line: `34/s`, `12/min`, `3/h`. */
export function sayPace({ total: { requests } }: TrafficLine): string {
  if (requests === null) return 'not known'
  if (requests === 0) return 'no requests'
  if (requests >= 3_600) return `${few(requests / 3_600)}/s`
  return requests >= 60 ? `${few(requests / 60)}/min` : `${requests}/h`
}

/** From one in a hundred on: fewer are the weather. */
export function failsOften({ total: { requests, serverErrors } }: TrafficLine): boolean {
  return requests !== null && serverErrors !== null && serverErrors > 0 && serverErrors / requests >= 0.01
}

function few(rate: number): string {
  return rate >= 9.95 ? sayNumber(Math.round(rate)) : String(Number(rate.toFixed(1)))
}
