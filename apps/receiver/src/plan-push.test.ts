import { describe, expect, test } from 'vitest'
import { planPush } from './plan-push.ts'

const none = '0'.repeat(40)
const commit = 'a'.repeat(40)
const put = (ref: string) => ({ ref, oldCommit: none, newCommit: commit })
const remove = (ref: string) => ({ ref, oldCommit: commit, newCommit: none })
const deploys = (refs: string[], deployBranch: string | null) =>
  planPush(refs.map(put), deployBranch).deploy?.branch ?? null

describe('the branch that deploys', () => {
  test('is the first of main and master to be pushed', () => {
    expect(deploys(['refs/heads/main'], null)).toBe('main')
    expect(deploys(['refs/heads/master'], null)).toBe('master')
    expect(deploys(['refs/heads/master', 'refs/heads/main'], null)).toBe('main')
    expect(planPush([put('refs/heads/main')], null).becomesDeployBranch).toBe(true)
  })

  test('stays the one that it is', () => {
    expect(deploys(['refs/heads/main', 'refs/heads/master'], 'master')).toBe('master')
    expect(deploys(['refs/heads/main'], 'master')).toBe(null)
    expect(planPush([put('refs/heads/master')], 'master').becomesDeployBranch).toBe(false)
  })

  test('is not a tag or another ref of that name, and not one that is deleted', () => {
    expect(deploys(['refs/tags/main', 'refs/notes/main'], null)).toBe(null)
    expect(planPush([remove('refs/heads/main')], null)).toMatchObject({
      deploy: null,
      becomesDeployBranch: false,
    })
  })
})

test('everything else is stored, in plain words', () => {
  const updates = [put('refs/heads/dev'), put('refs/tags/v1'), remove('refs/tags/v0'), put('refs/notes/x')]
  expect(planPush(updates, 'main').notes).toEqual([
    'Stored the branch dev. It is not deployed: only main is.',
    'Stored the tag v1.',
    'Deleted the tag v0.',
    'Stored refs/notes/x.',
  ])
  expect(planPush([put('refs/heads/dev')], null).notes).toEqual([
    'Stored the branch dev. It is not deployed: push main or master, for example dev:main.',
  ])
})

test('deleting the branch that deploys says what happens to the app', () => {
  expect(planPush([remove('refs/heads/main')], 'main').notes).toEqual([
    'Deleted the branch main. The app runs on; it deploys when main is pushed again.',
  ])
})

test('a thousand refs do not make a thousand lines', () => {
  const updates = Array.from({ length: 1_000 }, (_, n) => put(`refs/tags/v${n}`))
  const { notes } = planPush(updates, 'main')
  expect([notes.length, notes.at(-1)]).toEqual([11, 'And 990 more branches and tags.'])
})
