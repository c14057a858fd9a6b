import { expect, test } from 'vitest'
import { knownNames, linkedPairs, type Named } from './known-names.ts'

const named = (name: string, group: string, address: string, links: Named['links'] = []): Named => ({
  id: `${name}0123456789abcdef`,
  name,
  group,
  address,
  address6: null,
  links,
})
const web = named('web', 'shop', '10.64.0.2', [{ container: 'database', alias: 'db' }])
const worker = named('worker', 'shop', '10.64.0.3')
const database = named('database', 'data', '10.64.4.2')
const all = [web, worker, database]

test('a container knows those of its group and those that it is linked to, by the alias first', () => {
  expect(knownNames(web, all)).toEqual([
    '10.64.0.3 worker worker012345',
    '10.64.4.2 db database database0123',
  ])
  expect(knownNames(worker, all)).toEqual(['10.64.0.2 web web012345678'])
  expect(knownNames(database, all)).toEqual([])
})

test('a link within a group is one more name; to itself, or to one that does not run, it is none', () => {
  const links = [
    { container: worker.id, alias: 'w' },
    { container: 'web', alias: 'self' },
    { container: 'gone', alias: 'gone' },
  ]
  expect(knownNames({ ...web, links }, all)).toEqual(['10.64.0.3 w worker worker012345'])
})

test('only links across groups open a way, and only there', () => {
  expect(linkedPairs(all)).toEqual([{ from: '10.64.0.2', to: '10.64.4.2' }])
  expect(linkedPairs([web, worker])).toEqual([])
})

test('one with an IPv6 address is known by it too; the way is opened in the families that both have', () => {
  const [web6, database6] = [
    { ...web, address6: 'fd12::2' },
    { ...database, address6: 'fd12:0:0:1::2' },
  ]
  expect(knownNames(web6, [web6, worker, database6])).toEqual([
    '10.64.0.3 worker worker012345',
    '10.64.4.2 db database database0123',
    'fd12:0:0:1::2 db database database0123',
  ])
  expect(linkedPairs([web6, database6])).toEqual([
    { from: '10.64.0.2', to: '10.64.4.2' },
    { from: 'fd12::2', to: 'fd12:0:0:1::2' },
  ])
  expect(linkedPairs([web, database6])).toEqual([{ from: '10.64.0.2', to: '10.64.4.2' }])
})
