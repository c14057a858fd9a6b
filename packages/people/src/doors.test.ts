import { expect, test } from 'vitest'
import { openDoors } from './doors.ts'
import { fakePeopleStore } from './drivers/fake-people-store.ts'

const account = { name: 'Ada', email: 'ada@example.com', passwordHash: null, team: { name: 'crew' } }

test('a member is told what they may not; to a stranger there is nothing', async () => {
  const people = fakePeopleStore()
  const doors = openDoors(people)
  const viewer = await people.createPerson({ ...account, role: 'viewer' })
  const stranger = await people.createPerson({ ...account, email: 'eve@example.com', role: 'owner' })
  const [member] = await people.memberships(viewer.id)
  const app = { teamId: member?.teamId ?? '' }

  const actor = await doors.actorOf(viewer.id, 'key')
  expect(() => doors.require(actor, 'app.view', app, 'app hello')).not.toThrow()
  expect(() => doors.require(actor, 'app.push', app, 'app hello')).toThrow(
    expect.objectContaining({ code: 'PEOPLE.FORBIDDEN', message: 'You may not push to app hello.' }),
  )
  const eve = await doors.actorOf(stranger.id, 'key')
  expect(() => doors.require(eve, 'app.view', app, 'app hello')).toThrow('There is no app hello.')
})
