import { describe, expect, test } from 'vitest'
import { differences, type Expected, type Outcome } from './compare.ts'
import { failureIn, warningsIn } from './docker-told.ts'
import { differencesFromWritten } from './expected-tree.ts'
import type { ImageWords } from './image-words.ts'
import { readCase } from './read-case.ts'
import { readCorpus } from './read-corpus.ts'
import type { Tree, TreeEntry } from './read-tree.ts'
import type { Warning } from './warnings.ts'
import { needsDirectory } from './write-context.ts'

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

  test('modes and directories are what a git tree cannot hold', () => {
    const read = (text: string) => readCase('x', `About.\n--- a\n${text}`)
    const { files } = read('--- b (mode 0640)\n--- d/ (mode 2750)\n--- e/\n')
    expect(files.slice(1)).toEqual([
      { kind: 'file', path: 'b', content: Buffer.of(), executable: false, mode: 0o640 },
      { kind: 'directory', path: 'd', mode: 0o2750 },
      { kind: 'directory', path: 'e', mode: 0o755 },
    ])
    expect(['', '--- b (mode 0640)\n', '--- d/\n'].map((text) => needsDirectory(read(text)))).toEqual([
      ...[false, true, true],
    ])
    expect(() => read('--- b (mode 88)\n')).toThrow('no attribute')
  })
})

const nothing: Expected = { fails: null, says: null }
const syntax: Expected = { fails: 'BUILD.SYNTAX', says: null }

describe('two outcomes', () => {
  test('that are equal differ in nothing', () => {
    expect(differences(built({ '/a': file() }), built({ '/a': file() }), nothing)).toEqual([])
  })

  test('differ by what one has, and by every field', () => {
    const docker = built({ '/a': file(), '/b': file() })
    const berth = built({ '/a': file({ mode: '0600', owner: '1:1' }), '/c': file() })
    expect(differences(docker, berth, nothing)).toEqual([
      '/a: mode: Docker "0644", Berth "0600"',
      '/a: owner: Docker "0:0", Berth "1:1"',
      '/b: only Docker has it (file 0644 0:0 2 bytes)',
      '/c: only Berth has it (file 0644 0:0 2 bytes)',
    ])
  })

  test('differ by a time that no clock says', () => {
    const at = (modifiedSeconds: number) => built({ '/a': file({ modifiedSeconds }) })
    expect(differences(at(1_900_000_000), at(1_900_000_001), nothing)).toEqual([])
    expect(differences(at(1_000_000_000), at(1_900_000_001), nothing)).toHaveLength(1)
  })

  test('must both fail, ours with the code that the case names', () => {
    const docker: Outcome = failed({ code: null })
    const berth: Outcome = failed({})
    expect(differences(docker, berth, syntax)).toEqual([])
    expect(differences(docker, berth, { ...syntax, fails: 'BUILD.STEP_FAILED' })).not.toEqual([])
    expect(differences(docker, built({}), syntax)).toEqual(['Docker fails: no', 'Berth builds it'])
    expect(differences(built({}), built({}), syntax)).not.toEqual([])
  })

  test('that fail name the same line, if Docker names one, and the gist', () => {
    const docker = failed({ code: null, message: 'unknown flag: --form', line: 3 })
    const berth = (message: string, line: number | null) => failed({ message, line })
    const expected = { ...syntax, says: '--form' }
    expect(differences(docker, berth('there is no --form.', 3), expected)).toEqual([])
    expect(differences(docker, berth('there is no such flag.', 2), expected)).toHaveLength(2)
    expect(differences(failed({ message: '--form' }), berth('--form', 2), expected)).toEqual([])
  })

  test('warn by the same rules, of the same lines, and name the same', () => {
    const text = "Usage of undefined variable '$COLOR' (did you mean $COLOUR?)"
    const docker = built({}, [{ rule: 'UndefinedVar', text, first: 2, last: 3 }])
    const berth = (over: Partial<Warning>) =>
      built({}, [{ rule: 'UndefinedVar', text: 'COLOR? Is COLOUR meant?', first: 2, last: 3, ...over }])
    expect(differences(docker, berth({}), nothing)).toEqual([])
    expect(differences(docker, berth({ last: 2 }), nothing)).toHaveLength(2)
    expect(differences(docker, berth({ rule: 'Other' }), nothing)).toHaveLength(2)
    expect(differences(docker, berth({ text: 'COLOR?' }), nothing)).toEqual([
      'UndefinedVar at lines 2 to 3: Docker names COLOUR, Berth does not: COLOR?',
    ])
    expect(differences(docker, built({}), nothing)).toHaveLength(1)
  })

  test('a written tree holds every entry', () => {
    const tree: Tree = { '/': file(), '/a': file() }
    expect(differencesFromWritten('/a 0644 0:0 = a', tree)).toEqual([])
    expect(differencesFromWritten('/a 0644 0:0 = b', tree)).toHaveLength(2)
    expect(differencesFromWritten('', tree)).toEqual(['there, and not expected: /a 0644 0:0 = a'])
  })
})

describe('what Docker tells', () => {
  test('are warnings, with all of their lines, and each once', () => {
    const short = Buffer.from('UndefinedVar: Usage of $A (line 5)').toString('base64')
    const range = [5, 6].map((line) => ({ start: { line }, end: { line } }))
    const line = JSON.stringify({ warnings: [{ short, range }] })
    expect(warningsIn(`{"vertexes":[]}\n${line}\n${line}\nDockerfile:5\n`)).toEqual([
      { rule: 'UndefinedVar', text: 'Usage of $A', first: 5, last: 6 },
    ])
  })

  test('is why it failed, and at which line', () => {
    const shown = 'Dockerfile:3\n--------------------\n   3 | >>> FOO\n--------------------\n'
    const said = 'ERROR: failed to build: failed to solve: unknown\n instruction'
    expect(failureIn(shown + said)).toEqual({ message: 'failed to solve: unknown instruction', line: 3 })
    expect(failureIn('ERROR: failed to build: dockerfile parse error on line 4: no')).toMatchObject({
      line: 4,
    })
    expect(failureIn('ERROR: failed to build: no')).toMatchObject({ line: null })
    expect(() => failureIn('Cannot connect to the Docker daemon')).toThrow('client failed')
  })
})

function file(over: Partial<TreeEntry> = {}): TreeEntry {
  const nothing = { target: null, device: null, sameAs: null, attributes: {}, modifiedSeconds: 1_900_000_000 }
  return { kind: 'file', mode: '0644', owner: '0:0', size: 2, content: 'a\n', ...nothing, ...over }
}

function built(tree: Tree, warnings: Warning[] = []): Outcome {
  return { kind: 'built', tree, words: { history: [] } as unknown as ImageWords, warnings }
}

function failed(over: Partial<Extract<Outcome, { kind: 'failed' }>>): Outcome {
  return { kind: 'failed', code: 'BUILD.SYNTAX', message: 'no', line: null, warnings: [], ...over }
}
