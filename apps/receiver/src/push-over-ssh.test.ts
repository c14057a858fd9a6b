import { afterEach, beforeEach, expect, test } from 'vitest'
import { type House, openHouse } from './tests/open-house.ts'
import type { Pusher } from './tests/pusher.ts'

/** Stock git and ssh against the whole receiver. */
let house: House
let ada: Pusher
beforeEach(async () => {
  house = await openHouse()
  ada = await house.pusher('ada')
})
afterEach(async () => {
  await house.close()
  expect(house.log).toEqual([])
})

const heads = async (pusher: Pusher, app: string) => {
  const { stdout } = await pusher.git('ls-remote', '--heads', pusher.url(app))
  return stdout
}

test('a first push creates the app, deploys, tells the address, and moves the branch', async () => {
  house.worker.whenBuilding = async (job) => {
    job.say('hello from the build')
    await house.worker.succeed(job)
  }
  const pushed = await ada.push('shop')
  expect(pushed.stderr).toContain('remote: -----> Created the app shop in the team Acme.')
  expect(pushed.stderr).toMatch(/remote: -----> Received main at [0-9a-f]{7}: first/)
  expect(pushed.stderr).toContain('remote:        hello from the build')
  expect(pushed.stderr).toContain('remote: =====> Building 1 files')
  expect(pushed.stderr).toContain('remote: -----> Starting web.1')
  expect(pushed.stderr).toMatch(/remote: =====> Deployed shop v1 in \d+\.\d s\./)
  expect(pushed.stderr).toContain('remote:        http://shop.localhost:8080')
  expect(pushed.status, pushed.stderr).toBe(0)
  expect(await heads(ada, 'shop')).toContain('refs/heads/main')
  expect((await house.stores.apps.byName('shop' as never))?.deployBranch).toBe('main')
})

test('the branch does not move before the deployment is live', async () => {
  const go = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  house.worker.whenBuilding = async (job) => {
    started.resolve()
    await go.promise
    await house.worker.succeed(job)
  }
  const pushing = ada.push('shop')
  await started.promise
  expect(await heads(ada, 'shop')).toBe('')
  go.resolve()
  expect((await pushing).status).toBe(0)
  expect(await heads(ada, 'shop')).toContain('refs/heads/main')
})

test('a failed build refuses the push, with its cause and what to do', async () => {
  house.worker.whenBuilding = (job) =>
    house.worker.fail(job, {
      code: 'BUILD.OUT_OF_MEMORY',
      message: 'Killed: out of memory at 2 GB.',
      hint: 'Raise the limit.',
    })
  const pushed = await ada.push('shop')
  expect(pushed.status).toBe(1)
  expect(pushed.stderr).toContain('remote:  !     Killed: out of memory at 2 GB.')
  expect(pushed.stderr).toContain('remote:  !     Raise the limit.')
  expect(pushed.stderr).toContain('[remote rejected] main -> main')
  expect(await heads(ada, 'shop')).toBe('')
  expect(house.live.cancelled).toEqual([])

  house.worker.whenBuilding = house.worker.succeed
  expect((await ada.push('shop')).status).toBe(0)
})

test('a failed deployment refuses the push too', async () => {
  house.worker.whenBuilding = async ({ buildId }) => {
    const ended = { kind: 'ended', at: 0, next: null } as const
    house.live.tellStage(buildId, { ...ended, outcome: 'succeeded', error: null, next: 'deployment-1' })
    const error = {
      code: 'DEPLOY.UNHEALTHY',
      message: 'web.1 never listened on port 5000.',
      hint: 'Listen on $PORT.',
      fault: 'user' as const,
      retryable: false,
    }
    house.live.tellStage('deployment-1', { ...ended, outcome: 'failed', error })
  }
  const pushed = await ada.push('shop')
  expect(pushed.status).toBe(1)
  expect(pushed.stderr).toContain(' !     web.1 never listened on port 5000.')
})

test('what a build prints cannot take over the terminal of the pusher', async () => {
  house.worker.whenBuilding = async (job) => {
    job.say('\u001b]0;title\u0007one\u001b[2J', '10 %\r90 %', '\u001b[31mred\u001b[0m\u0007')
    await house.worker.succeed(job)
  }
  const { stderr } = await ada.push('shop')
  expect(stderr).toContain('remote:        one')
  expect(stderr).toContain('remote:        90 %')
  expect(stderr).toContain('\u001b[31mred\u001b[0m')
  expect(stderr).not.toContain('title')
  expect(stderr).not.toContain('\u001b[2J')
  expect(stderr).not.toContain('\u0007')
})

test('only one branch deploys; others, tags and deletes are stored', async () => {
  const early = await ada.push('shop', 'main:feature')
  expect(early.status).toBe(0)
  expect(early.stderr).toContain('Stored the branch feature. It is not deployed: push main or master')
  expect(house.worker.taken).toHaveLength(0)

  await ada.git('tag', 'v1')
  const several = await ada.push('shop', 'main', 'main:master', 'v1', ':feature')
  expect(several.status, several.stderr).toBe(0)
  expect(several.stderr).toContain('Stored the branch master. It is not deployed: only main is.')
  expect(several.stderr).toContain('Stored the tag v1.')
  expect(several.stderr).toContain('Deleted the branch feature.')
  expect(house.worker.taken).toHaveLength(1)
  expect((await ada.git('ls-remote', ada.url('shop'))).stdout).toMatch(
    /HEAD\n.*refs\/heads\/main\n.*refs\/heads\/master\n.*refs\/tags\/v1/,
  )
})

test('where master is pushed first, it deploys, and a clone checks it out', async () => {
  expect((await ada.push('shop', 'main:master')).status).toBe(0)
  expect((await ada.push('shop', 'main')).stderr).toContain('only master is')
  await ada.git('clone', '--quiet', ada.url('shop'), '../cloned')
  expect((await ada.git('-C', '../cloned', 'branch', '--show-current')).stdout.trim()).toBe('master')
})

test('a commit that is live already is not built again', async () => {
  await ada.push('shop')
  await ada.push('shop', ':main')
  const again = await ada.push('shop')
  expect(again.status, again.stderr).toBe(0)
  expect(again.stderr).toMatch(/-----> [0-9a-f]{7} is live already: nothing to build\./)
  expect(house.worker.taken).toHaveLength(1)
})

test('a push of nothing new says what git says, and builds nothing', async () => {
  await ada.push('shop')
  const again = await ada.push('shop')
  expect(again.status).toBe(0)
  expect(again.stderr).toContain('Everything up-to-date')
  expect(house.worker.taken).toHaveLength(1)
})

test('a forced push deploys; one that would lose commits is git’s to refuse', async () => {
  await ada.push('shop')
  await ada.git('commit', '--quiet', '--amend', '--message', 'rewritten')
  expect((await ada.push('shop')).stderr).toContain('[rejected]')
  const forced = await ada.push('shop', '+main')
  expect(forced.status, forced.stderr).toBe(0)
  expect(forced.stderr).toContain('v2')
})

test('a shallow clone, as a build server has one, can be pushed', async () => {
  await ada.commit()
  await ada.commit()
  await ada.git('clone', '--quiet', '--depth=1', `file://${ada.copy}`, '../shallow')
  const pushed = await ada.git('-C', '../shallow', 'push', ada.url('shop'), 'main')
  expect(pushed.status, pushed.stderr).toBe(0)
  const next = await ada.git('-C', '../shallow', '-c', 'user.name=a', 'commit', '--allow-empty', '-m', 'next')
  expect(next.status).toBe(0)
  expect((await ada.git('-C', '../shallow', 'push', ada.url('shop'), 'main')).status).toBe(0)
})

test('branch names are only ever names', async () => {
  const pushed = await ada.push(
    'shop',
    'main',
    'main:refs/heads/core.hooksPath=/tmp',
    'main:refs/heads/$(reboot)',
  )
  expect(pushed.status, pushed.stderr).toBe(0)
  expect(pushed.stderr).toContain('Stored the branch $(reboot).')
})
