import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import ssh2 from 'ssh2'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { maxUpdates, parseQuestion } from './hook-channel.ts'
import { hostKey } from './host-key.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp('/tmp/berth-host-key-')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

test('the host key is made once, for its owner alone, and kept', async () => {
  const path = `${directory}/receiver/key`
  const [first, ...others] = await Promise.all(Array.from({ length: 4 }, () => hostKey(path)))
  expect(others.every((other) => other === first)).toBe(true)
  expect(await hostKey(path)).toBe(first)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(`${directory}/receiver`)).toEqual(['key'])
  expect(ssh2.utils.parseKey(first as string)).toMatchObject({ type: 'ssh-ed25519' })
})

test('a key that was made badly is not kept', async () => {
  const { private: good } = ssh2.utils.generateKeyPairSync('ed25519')
  const made = [
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n',
    good,
  ]
  expect(await hostKey(`${directory}/key`, () => made.shift() ?? '')).toBe(good)
  await expect(hostKey(`${directory}/none`, () => '')).rejects.toThrow('No readable host key')
  expect(await readdir(directory)).toEqual(['key'])
})

test('the hook’s question is the quarantine and the updates', () => {
  const [old, next] = ['0'.repeat(40), 'a'.repeat(40)]
  expect(parseQuestion(`/q\n${old} ${next} refs/heads/a-b\n\n`)).toEqual({
    quarantine: '/q',
    updates: [{ oldCommit: old, newCommit: next, ref: 'refs/heads/a-b' }],
  })
  expect(parseQuestion(`\n${old} ${next} refs/heads/a\n\n`).quarantine).toBe(null)
  const many = `${old} ${next} refs/heads/a\n`.repeat(maxUpdates + 1)
  expect(() => parseQuestion(`/q\n${many}\n`)).toThrow(
    expect.objectContaining({ code: 'PUSH.TOO_MANY_REFS' }),
  )
})

test.each(['HEAD', 'refs/heads/a\nb', 'refs/', '../../x', ''])('a ref may not be called %j', (ref) => {
  const line = `${'0'.repeat(40)} ${'a'.repeat(40)} ${ref}`
  expect(() => parseQuestion(`/q\n${line}\n\n`)).toThrow(expect.objectContaining({ code: 'PUSH.BAD_REF' }))
})
