import { describe, expect, test } from 'vitest'
import { compileGlob } from './glob.ts'
import { parseIgnoreFile } from './ignore-file.ts'

const ignored = (text: string, path: string) => parseIgnoreFile('.dockerignore', text).ignores(path)

/** Sources of the expectations: Docker's documentation of .dockerignore, and the cases of moby/patternmatcher. */
describe('.dockerignore', () => {
  test.each([
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'lib/node_modules/a.js', false],
    ['**/node_modules', 'lib/node_modules/a.js', true],
    ['/node_modules', 'node_modules/a.js', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'docs/README.md', true],
    ['**/*.md', 'README.md', true],
    ['*/temp*', 'some/temporary.txt', true],
    ['*/temp*', 'temporary.txt', false],
    ['temp?', 'tempa', true],
    ['temp?', 'temp', false],
    ['docs/', 'docs/a', true],
    ['./docs/../docs', 'docs/a', true],
    ['**', 'anything/at/all', true],
    ['a/**/z', 'a/z', true],
    ['a/**/z', 'a/b/c/z', true],
    ['a/**', 'a/b', true],
    ['a/**', 'a', false],
    ['[a-c].txt', 'b.txt', true],
    ['[^a-c].txt', 'b.txt', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['# comment', '# comment', false],
    ['*.md\n!README.md', 'README.md', false],
    ['*.md\n!README.md', 'OTHER.md', true],
    ['*.md\n!README*.md\nREADME-secret.md', 'README-secret.md', true],
    ['*\n!src', 'src/deep/file.ts', false],
    ['*\n!src', 'other/file.ts', true],
    ['docs\n!docs/keep', 'docs/keep/a', false],
    ['', 'a', false],
    ['.git\r\n', '.git/config', true],
    ['\ufeff.git', '.git/config', true],
    ['a(b)+{c}.$', 'a(b)+{c}.$', true],
    ['**.md', 'docs/README.md', true],
    ['**.md', '.md', true],
    ['**file', 'a/profile', true],
    ['**file', 'profile/a', true],
    ['**/file', 'a/profile', false],
    ['**/file', 'file/below', true],
    ['a**', 'abc/d', true],
    ['a**c', 'abbc', false],
    ['a**c', 'ac', true],
    ['**/*.txt', 'a/b/c.txt', true],
    ['**/foo/bar', 'foo/bar', true],
    ['**/foo/bar', 'a/foo/barn', false],
    ['abc/**', 'abc/def/ghi', true],
    ['**/a/**/b', 'x/a/y/z/b', true],
    ['*/*/*.txt', 'a/b/c.txt', true],
    ['*', 'a/b', true],
    ['*/', 'a/b', true],
    ['a[b-d]e', 'ace', true],
    ['[\\-x]', '-', true],
    ['[\\]a]', ']', true],
    ['a[^a]b', 'a☺b', true],
    ['.', 'a', false],
    ['/', 'a', false],
    ['../a', 'a', false],
    ['/../a', 'a', true],
    [' a ', 'a', true],
    ['  # no comment', '# no comment', true],
    ['a b', 'a b', true],
    ['**\n!a/b', 'a/b/c', false],
    ['**\n!a/b', 'a/c', true],
    ['**\n!a/b\na/b/c', 'a/b/c', true],
    ['*\n!/src/', 'src/x', false],
    ['*\n! src', 'src/x', false],
    ['a\n!a\na', 'a/b', true],
  ])('%j and %s: %s', (text, path, expected) => {
    expect(ignored(text, path)).toBe(expected)
  })

  test('a bad pattern is refused with its line', () => {
    expect(() => parseIgnoreFile('.dockerignore', 'ok\n[a-')).toThrow(
      /\.dockerignore:2: a "\[" in the pattern/,
    )
    expect(() => parseIgnoreFile('.dockerignore', '!')).toThrow(/"!" alone/)
    expect(() => parseIgnoreFile('.dockerignore', 'a\\')).toThrow(/single backslash/)
    for (const pattern of ['[-x]', '[x-]', '[a-b-c]', '[]a]', '[^']) {
      expect(() => parseIgnoreFile('.dockerignore', pattern)).toThrow(/\.dockerignore:1: a /)
    }
  })

  test('a pattern made to stall a matcher is matched at once', () => {
    const glob = compileGlob(`${'**/a*'.repeat(30)}b`, { doubleStar: true })
    const startedAt = performance.now()
    expect(glob.matches('a'.repeat(2_000))).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})
