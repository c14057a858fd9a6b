import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { places } from '@berth/domain'
import { expect, onTestFinished, test } from 'vitest'
import { ensureSecret, secretNames, secretPath } from './ensure-secret.ts'

test.each(secretNames)(
  'the secret %s is made once, by however many, and only its group may read it',
  async (name) => {
    const home = await mkdtemp('/tmp/berth-secret-')
    onTestFinished(() => rm(home, { recursive: true }))
    const settings = { home, run: home }
    await ensureSecret(settings, { groupId: 12_345 })
    const secret = await readFile(secretPath(settings, name), 'utf8')
    await ensureSecret(settings, { groupId: 12_345 })
    expect(await readFile(secretPath(settings, name), 'utf8')).toBe(secret)
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(await readdir(places(settings).secrets)).toEqual([...secretNames].sort())
    const { mode, uid, gid } = await stat(secretPath(settings, name))
    expect({ mode: mode & 0o777, uid, gid }).toEqual({ mode: 0o640, uid: 0, gid: 12_345 })
  },
)
