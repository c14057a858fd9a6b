import { describe, expect, test } from 'vitest'
import { differences, type Outcome } from './compare.ts'
import { differencesFromWritten } from './expected-tree.ts'
import type { ImageWords } from './image-words.ts'
import { readCase } from './read-case.ts'
import { readCorpus } from './read-corpus.ts'
import type { Tree, TreeEntry } from './read-tree.ts'

/** What the comparison itself promises; `npm run conformance` is the run. */
describe('the corpus', () => {
  test('is readable, and every case has a Dockerfile or says that none is there', async () => {
    const cases = await readCorpus([])
    expect(cases.length).toBeGreaterThan(220)
    const without = cases.filter(
      ({ files, dockerfilePath }) => !files.some(({ path }) => path === dockerfilePath),
    )
    expect(without.map(({ name }) => name)).toEqual(['from/missing-dockerfile'])
    expect(cases.filter(({ about }) => about === '')).toEqual([])
  })

  test('is filtered by name', async () => {
    const cases = await readCorpus(['parents/'])
    expect(new Set(cases.map(({ name }) => name.split('/')[0]))).toEqual(new Set(['parents']))
  })

  test('a case with a word nobody knows is refused', () => {
    expect(() => readCase('x', 'About.\n> colour: green\n')).toThrow('no option')
    expect(() => readCase('x', 'About.\n--- a (shiny)\n')).toThrow('no attribute')
  })

  test('content is taken as it is, but for what is escaped or has no end', () => {
    const { files } = readCase('x', 'About.\n--- a (escaped, unended)\none\\r\n\\xfftwo\n--- "b c" -> d\n')
    expect(files).toEqual([
      { kind: 'file', path: 'a', content: Buffer.from('one\r\n\xfftwo', 'latin1'), executable: false },
      { kind: 'link', path: 'b c', target: 'd' },
    ])
  })
})

describe('two outcomes', () => {
  test('that are equal differ in nothing', () => {
    expect(differences(built({ '/a': file() }), built({ '/a': file() }), null)).toEqual([])
  })

  test('differ by what one has, and by every field', () => {
    const docker = built({ '/a': file(), '/b': file() })
    const berth = built({ '/a': file({ mode: '0600', owner: '1:1' }), '/c': file() })
    expect(differences(docker, berth, null)).toEqual([
      '/a: mode: Docker "0644", Berth "0600"',
      '/a: owner: Docker "0:0", Berth "1:1"',
      '/b: only Docker has it (file 0644 0:0 2 bytes)',
      '/c: only Berth has it (file 0644 0:0 2 bytes)',
    ])
  })

  test('differ by a time that no clock says', () => {
    const at = (modifiedSeconds: number) => built({ '/a': file({ modifiedSeconds }) })
    expect(differences(at(1_900_000_000), at(1_900_000_001), null)).toEqual([])
    expect(differences(at(1_000_000_000), at(1_900_000_001), null)).toHaveLength(1)
  })

  test('must both fail, ours with the code that the case names', () => {
    const docker: Outcome = { kind: 'failed', code: null, message: 'no' }
    const berth: Outcome = { kind: 'failed', code: 'BUILD.SYNTAX', message: 'no' }
    expect(differences(docker, berth, 'BUILD.SYNTAX')).toEqual([])
    expect(differences(docker, berth, 'BUILD.STEP_FAILED')).not.toEqual([])
    expect(differences(docker, built({}), 'BUILD.SYNTAX')).toEqual(['Docker fails: no', 'Berth builds it'])
    expect(differences(built({}), built({}), 'BUILD.SYNTAX')).not.toEqual([])
  })

  test('a written tree holds every entry', () => {
    const tree: Tree = { '/': file(), '/a': file() }
    expect(differencesFromWritten('/a 0644 0:0 = a', tree)).toEqual([])
    expect(differencesFromWritten('/a 0644 0:0 = b', tree)).toHaveLength(2)
    expect(differencesFromWritten('', tree)).toEqual(['there, and not expected: /a 0644 0:0 = a'])
  })
})

function file(over: Partial<TreeEntry> = {}): TreeEntry {
  const nothing = { target: null, device: null, sameAs: null, attributes: {}, modifiedSeconds: 1_900_000_000 }
  return { kind: 'file', mode: '0644', owner: '0:0', size: 2, content: 'a\n', ...nothing, ...over }
}

function built(tree: Tree): Outcome {
  return { kind: 'built', tree, words: {} as ImageWords }
}
