import { describe, expect, test } from 'vitest'
import { actionOf, codeOf, planOf } from '../testing/plan-of.ts'
import { parentsPattern } from './parents-pattern.ts'

const place = { source: { path: 'Dockerfile', lines: ['COPY'] }, line: 1, endLine: 1 }

/** As BuildKit's own tests of COPY --parents have them. */
const files = {
  'a/b/c/d/foo': '1',
  'a/b/c/d/e/bay': '2',
  'a/b2/c/d/e/bar': '3',
  'a/b/c2/d/e/baz': '4',
  'a/b/c2/d/e2/baz': '5',
  'top.md': '6',
}

describe('COPY --parents', () => {
  const copied = (sources: string, ignore = '') => {
    const action = actionOf(planOf(`FROM base\nCOPY --parents ${sources} /out/`, { files, ignore }))
    return action?.kind === 'copy'
      ? action.sources.flatMap((each) => each.entries.map(({ path }) => path))
      : []
  }

  test.each([
    ['a/b/c/d/foo', ['a/b/c/d/foo']],
    ['./a/b/c/d', ['a/b/c/d/foo', 'a/b/c/d/e/bay']],
    ['/a/b/./c/d', ['c/d/foo', 'c/d/e/bay']],
    ['a/b/c/d/.', ['a/b/c/d/foo', 'a/b/c/d/e/bay']],
    ['a/./b/./c', ['b/c/d/foo', 'b/c/d/e/bay']],
    ['a/./*/c', ['b/c/d/foo', 'b/c/d/e/bay', 'b2/c/d/e/bar']],
    ['a/b*/./c/**/e', ['c/d/e/bay', 'c/d/e/bar']],
    ['a/b/c*/./d/**/baz a/b*/./c/**/bar', ['d/e/baz', 'd/e2/baz', 'c/d/e/bar']],
    ['--exclude=**/e a/b/./c', ['c/d/foo']],
    ['**/*.md', ['top.md']],
    ['. ', Object.keys(files)],
    ['none*/x', []],
    ['a/none*/./x', []],
  ])('%s takes %j', (sources, expected) => {
    expect(copied(sources)).toEqual(expected)
  })

  test('of one that is not there, without wildcards, is refused', () => {
    expect(codeOf(() => copied('a/none'))).toBe('BUILD.SOURCE_NOT_FOUND')
    expect(codeOf(() => copied('a/./none'))).toBe('BUILD.SOURCE_NOT_FOUND')
    expect(codeOf(() => copied('top.md', '*.md'))).toBe('BUILD.SOURCE_NOT_FOUND')
    expect(codeOf(() => copied('a/[b'))).toBe('BUILD.SYNTAX')
  })

  test('from a stage is planned as it is written', () => {
    const planned = planOf('FROM base AS one\nRUN make\nFROM base\nCOPY --from=one --parents /a/./b* /out/')
    expect(actionOf(planned, 1)).toMatchObject({ kind: 'copy-from', keepParents: true, sources: ['/a/./b*'] })
  })
})

describe('a pattern says where matches may be', () => {
  test.each([
    ['b/*/d', 'b', true],
    ['b/*/d', 'c', false],
    ['b/*/d', 'b/x', true],
    ['b/*/d', 'b/x/e', false],
    ['b/*/d', 'b/x/d/deep', true],
    ['b/**/d', 'b/any/where', true],
    ['b/**/d', 'c', false],
    ['.', 'anything', true],
  ])('%s in %s: %s', (source, directory, expected) => {
    expect(parentsPattern(source, place).mayHoldMatches(directory)).toBe(expected)
  })

  test('and where they begin', () => {
    expect(parentsPattern('/a/./b/./c', place)).toMatchObject({ pivot: 'a', path: 'a/b/c', isRequired: true })
    expect(parentsPattern('a*/./b', place)).toMatchObject({ pivot: 'a*', isRequired: false })
    expect(parentsPattern('/./a', place)).toMatchObject({ pivot: '', isRequired: true })
  })
})
