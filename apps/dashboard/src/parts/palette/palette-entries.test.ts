import type { Action, TeamView } from '@berth/api'
import { describe, expect, test } from 'vitest'
import { type PaletteFacts, paletteGroups } from './palette-entries.ts'

const team = (name: string, can: Action[]): TeamView => ({
  id: `id-of-${name}`,
  name,
  role: 'developer',
  demands: { secondFactor: false, signOn: null },
  barred: null,
  can,
})
const harbour = team('Harbour', ['app.create', 'app.rollback', 'app.console'])
const lighthouse = team('Lighthouse', ['machine.view', 'team.create'])
const apps = [
  { name: 'shop', teamId: harbour.id, url: 'https://shop.example' },
  { name: 'beacon', teamId: lighthouse.id, url: 'https://beacon.example' },
]
const facts: PaletteFacts = {
  teams: [harbour, lighthouse],
  team: harbour,
  apps,
  app: 'shop',
  path: '/apps/shop',
  recents: [],
}

function entriesOf(group: string, given: Partial<PaletteFacts> = {}) {
  return paletteGroups({ ...facts, ...given }).find(({ title }) => title === group)?.entries ?? []
}
const words = (group: string, given?: Partial<PaletteFacts>) =>
  entriesOf(group, given).map((one) => one.words)

describe('what the palette offers', () => {
  test('of the app that is looked at: its pages, its address, and what one may do to it', () => {
    const offered = words('shop')
    expect(offered).toEqual(expect.arrayContaining(['Overview', 'Logs', 'Open in the browser', 'Roll back']))
    expect(offered).toContain('Open a terminal')
    expect(offered).not.toContain('Remove the app')
    expect(offered).not.toContain('Scale')
  })

  test('of no app in particular: no page of one', () => {
    expect(words('shop', { app: null })).toEqual([])
  })

  test('every app, with its team where one is in several', () => {
    expect(entriesOf('Apps').map(({ words: name, aside }) => `${name} ${aside}`)).toEqual([
      'shop Harbour',
      'beacon Lighthouse',
    ])
  })

  test('the machine to who may see it in any team, and a new team to who may make one', () => {
    expect(words('Harbour')).toContain('Machine')
    expect(words('Teams')).toEqual(['Lighthouse', 'New team'])
    const alone = { teams: [harbour] }
    expect(words('Harbour', alone)).not.toContain('Machine')
    expect(words('Teams', alone)).toEqual([])
  })

  test('pages looked at lately, but not this one', () => {
    const recents = [
      { path: '/apps/shop', title: 'shop' },
      { path: '/machine', title: 'Machine' },
    ]
    expect(words('Recent', { recents })).toEqual(['Machine'])
  })

  test('nothing twice', () => {
    const ids = paletteGroups(facts).flatMap(({ entries }) => entries.map(({ id }) => id))
    expect(ids).toEqual([...new Set(ids)])
  })
})
