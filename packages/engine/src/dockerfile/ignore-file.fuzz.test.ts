import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileGlob, GlobProblem } from './glob.ts'
import { parseIgnoreFile } from './ignore-file.ts'

/** Any UTF-16 unit, alone or not. fast-check's own take seconds to be made. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

/**
 * Ignore patterns against a second reading of the same rules: slow, by trying everything, and so short that it can be
 * seen to be right.
 */
const part = fc.constantFrom('a', 'b', 'ab', 'a.b', '.a', 'B')
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const piece = fc.constantFrom('a', 'b', '.', '*', '*', '?', '[ab]', '[^a]', '[a-b]', '\\a', 'B')
const segment = fc.oneof(
  { weight: 3, arbitrary: fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.constant('**') },
)
const pattern = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .filter((segments) => !segments.some((each) => each === '.' || each === '..'))
  .map((segments) => segments.join('/'))
const line = fc
  .tuple(fc.constantFrom('', '', '!', '/', '!/'), pattern, fc.constantFrom('', '', '/'))
  .map((all) => all.join(''))

/** `**` and plain text at the start of a pattern: how a path ends, within a name too. Else every way to match. */
function reading(glob: string, text: string): boolean {
  const end = glob.slice(2)
  if (!glob.startsWith('**') || /[*?[\\]/.test(end)) return naive(glob, text)
  return text.endsWith(end) || text === end.replace(/^\//, '')
}

/** Every way to match, one after the other. */
function naive(glob: string, text: string): boolean {
  if (glob === '') return text === ''
  if (glob.startsWith('**')) return naiveDirectories(glob.slice(glob[2] === '/' ? 3 : 2), text)
  if (glob[0] === '*') {
    const end = `${text}/`.indexOf('/')
    for (let taken = 0; taken <= end; taken++) if (naive(glob.slice(1), text.slice(taken))) return true
    return false
  }
  const [length, fits] = one(glob, text[0] ?? '')
  return text !== '' && fits && naive(glob.slice(length), text.slice(1))
}

function naiveDirectories(rest: string, text: string): boolean {
  if (rest === '' || naive(rest, text)) return true
  return [...text].some((char, index) => char === '/' && naive(rest, text.slice(index + 1)))
}

function one(glob: string, char: string): [number, boolean] {
  if (glob[0] === '?') return [1, char !== '/']
  if (glob[0] === '\\') return [2, char === glob[1]]
  if (glob[0] !== '[') return [1, char === glob[0]]
  const length = glob.indexOf(']') + 1
  const inside = glob.slice(1, length - 1).replace('^', '')
  const isIn = inside.includes('-') ? 'ab'.includes(char) : inside.includes(char)
  return [length, char !== '/' && isIn !== glob.startsWith('[^')]
}

/** The last pattern that matches the path or a directory above it decides. */
function naiveIgnores(lines: readonly string[], given: string): boolean {
  const parts = given.split('/')
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  return lines.reduce((ignored, each) => {
    const bare = each.replace(/^!/, '').replace(/^\//, '').replace(/\/$/, '')
    return above.some((candidate) => reading(bare, candidate)) ? !each.startsWith('!') : ignored
  }, false)
}

describe('against a naive reading', () => {
  test('one pattern matches the same paths', () => {
    fc.assert(
      fc.property(pattern, path, (glob, text) => {
        expect(compileGlob(glob, { doubleStar: true }).matches(text)).toBe(reading(glob, text))
      }),
      { numRuns: 1_500 },
    )
  })

  test('a whole file ignores the same paths', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 5 }),
        fc.array(path, { minLength: 1, maxLength: 4 }),
        (lines, paths) => {
          const filter = parseIgnoreFile('.dockerignore', lines.join('\n'))
          for (const each of paths) expect(filter.ignores(each)).toBe(naiveIgnores(lines, each))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('what the regular expression and the automaton say is the same', () => {
    // More than two repetitions are matched by the automaton; `**/` in front takes nothing and adds some.
    fc.assert(
      fc.property(
        pattern.filter((glob) => !glob.includes('**')),
        path,
        (glob, text) => {
          const few = compileGlob(glob, { doubleStar: true }).matches(text)
          const many = compileGlob(`**/**/**/${glob}`, { doubleStar: true })
          const tails = text.split('/').map((_, index, parts) => parts.slice(index).join('/'))
          if (few) expect(many.matches(text)).toBe(true)
          expect(many.matches(text)).toBe(tails.some((tail) => naive(glob, tail)))
        },
      ),
      { numRuns: 500 },
    )
  })
})

test('any text is a pattern or is refused, and matches any path', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: anyUnit, maxLength: 40 }),
      fc.string({ unit: anyUnit, maxLength: 20 }),
      (glob, text) => {
        try {
          expect(typeof compileGlob(glob, { doubleStar: true }).matches(text)).toBe('boolean')
        } catch (error) {
          expect(error).toBeInstanceOf(GlobProblem)
        }
      },
    ),
    { numRuns: 500 },
  )
})

// 990 patterns of four stars against a path of 500 directories took two minutes.
test('patterns that would take minutes are refused, by what they would cost', () => {
  const filter = parseIgnoreFile('.dockerignore', `x${'*y'.repeat(500)}\n`.repeat(100))
  const work = () => {
    for (const letter of 'abcdef') filter.ignores(letter.repeat(4_000))
  }
  expect(work).toThrow(expect.objectContaining({ code: 'BUILD.IGNORE_FILE' }))
})
