import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assertPrivateMounts } from './private-mounts.ts'

let proc: string

beforeEach(() => {
  proc = mkdtempSync('/tmp/berth-proc-')
})
afterEach(() => rmSync(proc, { recursive: true }))

/** A process as /proc shows it; `mounts`: its mount namespace. */
function shown(pid: string, name: string, parent: number, mounts: string | null): void {
  mkdirSync(`${proc}/${pid}/ns`, { recursive: true })
  writeFileSync(`${proc}/${pid}/comm`, `${name}\n`)
  writeFileSync(`${proc}/${pid}/stat`, `${pid} (${name} ) S) S ${parent} 1 1`)
  if (mounts !== null) symlinkSync(`mnt:[${mounts}]`, `${proc}/${pid}/ns/mnt`)
}

const check = (uid = 0) => assertPrivateMounts({ uid, parent: 7, proc })
const own = (mounts: string) => shown('self', 'node', 7, mounts)

test('another user than root is refused', () => {
  expect(() => check(1000)).toThrow(expect.objectContaining({ code: 'SYSTEM.NOT_ROOT' }))
})

test('the machine’s own mount namespace is refused', () => {
  shown('1', 'init', 0, '100')
  shown('2', 'kthreadd', 0, '100')
  shown('7', 'bash', 1, '100')
  own('100')
  expect(check).toThrow(expect.objectContaining({ code: 'SYSTEM.MOUNTS_NOT_PRIVATE' }))
})

test('a namespace that is not the kernel’s is private, whoever shares it', () => {
  shown('1', 'init', 0, '100')
  shown('2', 'kthreadd', 0, '100')
  shown('7', 'supervisor', 1, '200')
  own('200')
  expect(check).not.toThrow()
})

test('in a container one that differs from an ancestor’s is; one that cannot be looked at tells nothing', () => {
  shown('1', 'init', 0, null)
  shown('2', 'node', 1, '200')
  shown('7', 'unshare', 1, '200')
  own('200')
  expect(check).toThrow(expect.objectContaining({ code: 'SYSTEM.MOUNTS_NOT_PRIVATE' }))
  rmSync(`${proc}/1`, { recursive: true })
  shown('1', 'init', 0, '100')
  expect(check).not.toThrow()
})
