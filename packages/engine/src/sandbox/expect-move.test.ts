import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openExpectMove, ownProcessList } from './expect-move.ts'

test('where this process is said to be is read from its own list of groups', () => {
  const hybrid = '9:name=systemd:/\n6:freezer:/a/b\n4:memory:/c\n0::/d e\n'
  expect(ownProcessList(1, hybrid)).toBe('/sys/fs/cgroup/freezer/a/b/cgroup.procs')
  expect(ownProcessList(2, hybrid)).toBe('/sys/fs/cgroup/d e/cgroup.procs')
  expect(ownProcessList(1, '6:freezer:/\n')).toBe('/sys/fs/cgroup/freezer/cgroup.procs')
  expect(ownProcessList(1, '0::/\n')).toBeUndefined()
})

test('expecting a move leaves this process where it is', async () => {
  const before = readFileSync('/proc/self/cgroup', 'utf8')
  for (const version of [1, 2] as const) openExpectMove(version)()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(readFileSync('/proc/self/cgroup', 'utf8')).toBe(before)
})
