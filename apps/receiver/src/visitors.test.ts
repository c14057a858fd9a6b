import { once } from 'node:events'
import { connect } from 'node:net'
import { type ApiToken, type App, type AuditEntry, parseAppName } from '@berth/domain'
import { openTokens } from '@berth/people/tokens.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Visitor } from './doors.ts'
import { peopleDoorkeeper } from './people-doorkeeper.ts'
import { crowdLimits } from './ssh-door.ts'
import { type House, openHouse } from './tests/open-house.ts'
import type { Pusher } from './tests/pusher.ts'

/** Everybody who can come to git's doors and the registry's, and what of it stands in the audit log. */
let house: House
let ada: Pusher
let shop: App
let other: App

beforeAll(async () => {
  house = await openHouse()
  ada = await house.pusher('ada', { role: 'owner' })
  shop = await pushed('shop')
  other = await pushed('other')
})
afterAll(async () => {
  await house.close()
  expect(house.log).toEqual([])
})

async function pushed(name: string): Promise<App> {
  await ada.push(name)
  return (await house.stores.apps.byName(parseAppName(name))) as App
}

const told = async (app: App): Promise<AuditEntry[]> =>
  await house.stores.audit.list({ teamId: app.teamId, appId: app.id, limit: 50 })

const newestPush = async (app: App) => (await told(app)).find(({ action }) => action === 'git push')

describe('a deploy key', () => {
  async function holder(name: string, app: App, mayPush: boolean): Promise<Pusher> {
    const pusher = await house.pusher(name, 'stranger')
    await house.stores.people.addDeployKey({ appId: app.id, name, ...pusher.key, mayPush })
    return pusher
  }

  test('pushes to its app and fetches it', async () => {
    const ci = await holder('ci', shop, true)
    expect((await ci.git('fetch', ci.url('shop'), 'main')).status).toBe(0)
    await ci.git('reset', '--hard', 'FETCH_HEAD')
    const commit = await ci.commit()
    expect(await ci.push('shop')).toMatchObject({ status: 0 })
    expect(await newestPush(shop)).toMatchObject({
      ...{ personId: null, who: 'deploy key ci', by: ci.key.fingerprint, outcome: 'done' },
      after: [{ ref: 'refs/heads/main', newCommit: commit }],
    })
    const [revision] = await house.stores.builds.list(shop.id, 1)
    expect((await house.stores.revisions.get(revision?.revisionId ?? '')).pushedById).toBeNull()
    expect((await house.stores.people.deployKeys(shop.id))[0]?.name).toBe('ci')
  })

  test('that may not push fetches alone', async () => {
    const mirror = await holder('mirror', shop, false)
    expect((await mirror.git('fetch', mirror.url('shop'), 'main')).status).toBe(0)
    const pushed = await mirror.push('shop')
    expect(pushed.status).toBe(128)
    expect(pushed.stderr).toContain('not deploy it')
  })

  test('of another app finds nothing, and makes no app', async () => {
    const stray = await holder('stray', other, true)
    const found = await stray.git('clone', stray.url('shop'), '../stolen')
    expect(found.stderr).toContain('There is no app "shop" that you may reach.')
    expect((await stray.push('shop')).stderr).toContain('There is no app "shop" that you may reach.')
    expect((await stray.push('brand-new')).stderr).toContain(
      'There is no app "brand-new" that you may reach.',
    )
    expect(await house.stores.apps.byName(parseAppName('brand-new'))).toBeNull()
  })

  test('that was removed is a stranger’s', async () => {
    const gone = await holder('gone', shop, true)
    const [key] = (await house.stores.people.deployKeys(shop.id)).filter(({ name }) => name === 'gone')
    await house.stores.people.removeDeployKey(shop.id, key?.id ?? '')
    expect((await gone.push('shop')).stderr).toContain('None of the SSH keys')
  })
})

describe('a token over HTTP', () => {
  type Narrow = Partial<Pick<ApiToken, 'scope' | 'teamId' | 'appId' | 'expiresAt'>>
  async function asks(narrow: Narrow) {
    const given = { name: 'ci', expiresAt: null, ...narrow }
    const { secret } = await openTokens(house.stores.people).create(ada.person?.id ?? '', given)
    const headers = { authorization: `Basic ${btoa(`x:${secret}`)}` }
    const status = async (path: string, method = 'GET') =>
      (await fetch(`http://127.0.0.1:${house.receiver.httpPort}${path}`, { method, headers })).status
    return {
      clone: await status('/git/shop.git/info/refs?service=git-upload-pack'),
      push: await status('/git/shop.git/info/refs?service=git-receive-pack'),
      pull: await status('/v2/shop/tags/list'),
      upload: await status('/v2/shop/blobs/uploads/', 'POST'),
      create: await status('/git/nobodys.git/info/refs?service=git-receive-pack'),
    }
  }
  const all = { clone: 200, push: 200, pull: 200, upload: 202, create: 200 }

  test('of scope admin or deploy does what its person may', async () => {
    expect(await asks({})).toEqual(all)
    expect(await asks({ scope: 'deploy' })).toEqual(all)
  })

  test('of scope read clones and pulls alone', async () => {
    expect(await asks({ scope: 'read' })).toEqual({
      clone: 200,
      push: 403,
      pull: 200,
      upload: 403,
      create: 404,
    })
  })

  test('of this app does so here, and makes no other', async () => {
    expect(await asks({ appId: shop.id })).toEqual({ ...all, create: 404 })
    expect(await asks({ teamId: shop.teamId })).toEqual(all)
  })

  test('of another app or another team finds nothing', async () => {
    const nothing = { clone: 404, push: 404, pull: 404, upload: 404, create: 404 }
    expect(await asks({ appId: other.id })).toEqual(nothing)
    const team = await house.stores.people.createTeam('Elsewhere')
    expect(await asks({ teamId: team.id })).toEqual(nothing)
  })

  test('that has expired is nobody’s', async () => {
    const nobody = { clone: 401, push: 401, pull: 401, upload: 401, create: 401 }
    expect(await asks({ expiresAt: new Date(Date.now() - 1) })).toEqual(nobody)
  })
})

describe('a member', () => {
  test('who was removed finds nothing from the next command on', async () => {
    const bob = await house.pusher('bob')
    await bob.git('fetch', bob.url('shop'), 'main')
    await bob.git('reset', '--hard', 'FETCH_HEAD')
    await bob.commit()
    expect((await bob.push('shop')).status).toBe(0)
    await house.stores.people.changeMember(shop.teamId, bob.person?.id ?? '', null)
    await bob.commit()
    expect((await bob.push('shop')).stderr).toContain('There is no app "shop" that you may reach.')
  })

  test('whose key was taken away finds nothing, also on a connection that is still open', async () => {
    const { people } = house.stores
    const kim = await house.pusher('kim')
    const doorkeeper = peopleDoorkeeper(people, house.stores.tickets)
    const inside = (await doorkeeper.visitorByKey(kim.key.fingerprint)) as Visitor
    expect(await doorkeeper.may(inside, 'app.push', shop)).toBe(true)
    const [key] = await people.keys(inside.id)
    await people.removeKey(inside.id, key?.id ?? '')
    expect(await doorkeeper.may(inside, 'app.push', shop)).toBe(false)
    expect(await doorkeeper.teamForNewApp(inside)).toBeNull()
  })

  test('without the second factor that the team demands finds nothing', async () => {
    const { people } = house.stores
    const vic = await house.pusher('vic')
    await people.setDemands(shop.teamId, { secondFactor: true, providerId: null })
    try {
      expect((await vic.push('shop')).stderr).toContain('There is no app "shop" that you may reach.')
    } finally {
      await people.setDemands(shop.teamId, { secondFactor: false, providerId: null })
    }
  })
})

describe('too many connections from one address', () => {
  test('are told so in words, and let in again when others have gone', async () => {
    const open = Array.from({ length: crowdLimits.perKey }, () =>
      connect(house.receiver.sshPort, '127.0.0.1'),
    )
    await Promise.all(open.map((socket) => once(socket, 'data')))
    const refused = await ada.git('ls-remote', ada.url('shop'))
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).toContain('Too many git sessions are open at the moment.')
    for (const socket of open) socket.destroy()
    await expect.poll(async () => (await ada.git('ls-remote', ada.url('shop'))).status).toBe(0)
  })
})

describe('a stopped app', () => {
  test('is started again by a push of what is live, which builds nothing', async () => {
    const { apps } = house.stores
    await apps.setStopped(shop.id, true)
    const live = await house.stores.builds.list(shop.id, 50)
    await ada.git('fetch', ada.url('shop'), 'main')
    await ada.git('reset', '--hard', 'FETCH_HEAD')
    await ada.git('push', ada.url('shop'), ':refs/heads/main')
    const again = await ada.push('shop')
    expect(again.status, again.stderr).toBe(0)
    expect(again.stderr).toContain('shop was stopped: it is started again.')
    expect((await apps.get(shop.id))?.stoppedAt).toBeNull()
    expect(await house.stores.builds.list(shop.id, 50)).toHaveLength(live.length)
  })
})

describe('the audit log', () => {
  test('has every push, from where, by what, and what came of it', async () => {
    await ada.git('fetch', ada.url('other'), 'main')
    await ada.git('reset', '--hard', 'FETCH_HEAD')
    const commit = await ada.commit()
    await ada.push('other')
    expect(await newestPush(other)).toMatchObject({
      ...{ personId: ada.person?.id, who: 'ada <ada@example.org>', by: 'key key', door: 'ssh' },
      ...{ outcome: 'done', error: null, address: expect.stringContaining('127.0.0.1') },
      after: [{ ref: 'refs/heads/main', newCommit: commit }],
    })
  })

  test('has images that were pushed and refused, and no more of reading than nothing', async () => {
    const before = (await told(shop)).length
    const ask = (path: string, method: string, token: string) =>
      fetch(`http://127.0.0.1:${house.receiver.httpPort}${path}`, {
        ...{ method, headers: { authorization: `Basic ${btoa(`x:${token}`)}` } },
      })
    const { token } = await house.pusher('vera', { role: 'viewer' })
    await ask('/v2/shop/tags/list', 'GET', token)
    expect((await ask('/v2/shop/manifests/latest', 'PUT', token)).status).toBe(403)
    const eve = await house.pusher('eve', { team: 'Other', role: 'owner' })
    expect((await ask('/v2/shop/manifests/latest', 'PUT', eve.token)).status).toBe(404)
    const added = (await told(shop)).slice(0, -before)
    expect(added).toMatchObject([
      { action: 'registry push', who: 'vera <vera@example.org>', outcome: 'refused', error: 'HTTP 403' },
    ])
  })

  test('that cannot be written to lets no push in', async () => {
    const { audit } = house.stores
    const { begin } = audit
    const branch = async () => (await ada.git('ls-remote', ada.url('other'), 'main')).stdout
    const before = await branch()
    await ada.commit()
    audit.begin = () => Promise.reject(new Error('the disk is full'))
    try {
      expect((await ada.push('other')).status).toBe(1)
    } finally {
      audit.begin = begin
    }
    expect(await branch()).toBe(before)
    expect(house.log.splice(0).join('\n')).toContain('the disk is full')
  })
})
