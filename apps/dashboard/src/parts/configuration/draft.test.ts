import { describe, expect, test } from 'vitest'
import {
  changesIn,
  fileRows,
  forgetVariable,
  namesIn,
  noDraft,
  setFile,
  setVariables,
  unsetFile,
  unsetVariable,
  variableRows,
} from './draft.ts'

const saved = { variables: ['A', 'B'], secretFiles: [{ name: 'key.pem', bytes: 10 }] }
const said = (draft = noDraft) => variableRows(saved, draft).map(({ name, state }) => `${name} ${state}`)

describe('a draft', () => {
  test('holds what is new, what changes and what goes, beside what stays', () => {
    const draft = unsetVariable(setVariables(noDraft, { B: '2', C: '3' }), 'A', true)
    expect(said(draft)).toEqual(['A removed', 'B changed', 'C new'])
    expect(changesIn(draft)).toBe(3)
    expect(namesIn(draft)).toEqual(['A', 'B', 'C'])
  })

  test('is nothing again once each change was taken back', () => {
    const draft = unsetVariable(setVariables(noDraft, { B: '2', C: '3' }), 'A', true)
    const back = ['A', 'B', 'C'].reduce(forgetVariable, draft)
    expect(back).toEqual(noDraft)
    expect(said(back)).toEqual(['A kept', 'B kept'])
  })

  test('sets again what it was about to remove', () => {
    const draft = setVariables(unsetVariable(noDraft, 'A', true), { A: '2' })
    expect(said(draft)).toEqual(['A changed', 'B kept'])
    expect(draft.unset).toEqual([])
  })

  test('goes on over what somebody else has saved meanwhile', () => {
    const draft = setVariables(noDraft, { C: '3' })
    const now = { variables: ['A', 'C'] }
    expect(variableRows(now, draft).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'A kept',
      'C changed',
    ])
  })

  test('holds files with their sizes', () => {
    const draft = setFile(noDraft, 'a.pem', { content: 'YQ==', bytes: 1 })
    expect(fileRows(saved, draft)).toEqual([
      { name: 'a.pem', state: 'new', bytes: 1 },
      { name: 'key.pem', state: 'kept', bytes: 10 },
    ])
    expect(fileRows(saved, unsetFile(draft, 'key.pem', true)).at(-1)?.state).toBe('removed')
    expect(unsetFile(draft, 'a.pem', false)).toEqual(noDraft)
  })
})
