import { expect, test } from 'vitest'
import { teamAt, teamPath } from './team-path.ts'

const harbour = { id: '1f0c', name: 'Harbour' }
const odd = { id: '2a7e', name: 'Café / Bar 100 %' }
const teams = [harbour, odd]

test('a team’s address says its name, whatever stands in it, and leads back to it', () => {
  expect(teamPath(harbour, teams)).toBe('/teams/Harbour')
  expect(teamPath(odd, teams)).toBe('/teams/Caf%C3%A9%20%2F%20Bar%20100%20%25')
  for (const team of teams) expect(teamAt(teamPath(team, teams).slice('/teams/'.length), teams)).toBe(team)
})

test('of two teams with one name, the address says the id', () => {
  const other = { id: '9c44', name: 'Harbour' }
  expect(teamPath(other, [...teams, other])).toBe('/teams/9c44')
  expect(teamAt('9c44', [...teams, other])).toBe(other)
  expect(teamAt('Harbour', [...teams, other])).toBeUndefined()
})

test.each(['.', '..'])('a team called "%s" is not an address of something else', (name) => {
  const dots = { id: '77aa', name }
  expect(teamPath(dots, [dots])).toBe('/teams/77aa')
})

test('a team cannot take another’s address by calling itself by its id', () => {
  const sly = { id: '5b5b', name: '1f0c' }
  expect(teamPath(sly, [...teams, sly])).toBe('/teams/5b5b')
  expect(teamAt('1f0c', [...teams, sly])).toBe(harbour)
})

test.each(['Nowhere', '%E0%A4%A', ''])('"%s" is no team of one’s own', (segment) => {
  expect(teamAt(segment, teams)).toBeUndefined()
})
