import { expect, test } from 'vitest'
import { parseWrk } from './parse-wrk.ts'

const printed = `Running 5s test @ http://127.0.0.1:8080
  2 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.28ms    1.01ms  22.79ms   88.41%
    Req/Sec    27.63k     2.52k   34.02k    70.00%
  Latency Distribution
     50%    1.05ms
     75%    1.60ms
     90%    2.41ms
     99%  812.00us
  274987 requests in 5.00s, 43.27MB read
Requests/sec:  54984.31
Transfer/sec:      8.65MB
`

test('rate and 99th percentile are read, in requests a second and milliseconds', () => {
  expect(parseWrk(printed)).toEqual({ requestsPerSecond: 54984.31, p99Ms: 0.812 })
  expect(parseWrk(printed.replace('812.00us', '1.50s')).p99Ms).toBe(1_500)
  expect(parseWrk(printed.replace('812.00us', '3.25ms')).p99Ms).toBe(3.25)
})

test('a run with failures is no measurement', () => {
  expect(() => parseWrk(`${printed}  Non-2xx or 3xx responses: 12\n`)).toThrow('Non-2xx or 3xx responses: 12')
  expect(() => parseWrk(`  Socket errors: connect 0, read 3, write 0, timeout 0\n${printed}`)).toThrow(
    'read 3',
  )
})

test('so is one without figures', () => {
  expect(() => parseWrk('unable to connect')).toThrow('no figures')
})
