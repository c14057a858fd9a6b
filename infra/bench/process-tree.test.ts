import { localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import { cpuMs, named, parsePss, parseStat, pssBytes, treeOf } from './process-tree.ts'

test('a process may call itself what it likes', () => {
  const fields = 'S 41 77 77 0 -1 4194560 100 0 0 0 120 30 5 6 20 0 1 0 900 1000 50'
  expect(parseStat(`77 (a) R 1 (b) ${fields}`)).toEqual({ parent: 41, name: 'a) R 1 (b', cpuTicks: 150 })
  expect(parseStat('')).toBe(null)
})

test('the share of memory is read in bytes', () => {
  expect(parsePss('55d0-7ffe ---p [rollup]\nRss:  9000 kB\nPss:  1234 kB\nPss_Dirty:  7 kB\n')).toBe(
    1234 * 1024,
  )
  expect(parsePss('')).toBe(0)
})

test('the tree of a process holds what it started, and only that', async () => {
  const shell = localRunner.start({ argv: ['sh', '-c', 'sleep 60 & echo started; wait'] })
  await new Promise((resolve) => shell.stdout?.once('data', resolve))
  try {
    const tree = await treeOf(shell.pid ?? 0)
    expect(tree).toContain(shell.pid)
    const sleepers = await named(tree, 'sleep')
    expect(sleepers).toHaveLength(1)
    expect(tree).not.toContain(process.pid)
    expect(await pssBytes(tree)).toBeGreaterThan(await pssBytes(sleepers))
    expect(await cpuMs([process.pid])).toBeGreaterThan(0)
    process.kill(sleepers[0] ?? 0, 'SIGKILL')
  } finally {
    shell.kill('SIGKILL')
    await shell.exited
  }
})
