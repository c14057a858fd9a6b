// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { describe, expect, test } from 'vitest'
import { expandWord, expandWords, WordProblem } from './expand-words.ts'

const variables = new Map([
  ['NAME', 'berth'],
  ['EMPTY', ''],
  ['LIST', 'one two'],
  ['n1', 'digit'],
])
const word = (text: string) => expandWord(text, variables, { escape: '\\' })
const words = (text: string) => expandWords(text, variables, { escape: '\\' })

describe('a word', () => {
  test.each([
    ['$NAME', 'berth'],
    ['${NAME}', 'berth'],
    ['a$NAME-b', 'aberth-b'],
    ['$NAMEx', ''],
    ['${NAME}x', 'berthx'],
    ['$MISSING', ''],
    ['$n1', 'digit'],
    ['$', '$'],
    ['a$', 'a$'],
    ['$/x', '$/x'],
    ['\\$NAME', '$NAME'],
    ["'$NAME'", '$NAME'],
    ['"$NAME"', 'berth'],
    ['"\\$NAME"', '$NAME'],
    ['"a\\"b"', 'a"b'],
    ['"a\\nb"', 'a\\nb'],
    ['a\\nb', 'anb'],
    [`"it's"`, "it's"],
    ["'a\"b'", 'a"b'],
    ['trailing\\', 'trailing'],
    ['a b  c', 'a b  c'],
    ['${MISSING:-w}', 'w'],
    ['${EMPTY:-w}', 'w'],
    ['${EMPTY-w}', ''],
    ['${MISSING-w}', 'w'],
    ['${NAME:-w}', 'berth'],
    ['${NAME:+w}', 'w'],
    ['${EMPTY:+w}', ''],
    ['${EMPTY+w}', 'w'],
    ['${MISSING+w}', ''],
    ['${MISSING:-${NAME}}', 'berth'],
    ['${MISSING:-a$NAME}', 'aberth'],
    ["${MISSING:-'$NAME'}", '$NAME'],
    ['${NAME?gone}', 'berth'],
    ['${EMPTY?gone}', ''],
    ['ünïcode$NAME', 'ünïcodeberth'],
  ])('%s becomes %s', (given, expected) => {
    expect(word(given)).toBe(expected)
  })

  test.each([
    ['${NAME', /not closed/],
    ['${}', /not followed by a name/],
    ['${:-x}', /not followed by a name/],
    ['${NAME:', /not closed/],
    ['${NAME:=x}', /form that Berth does not know/],
    ['${NAME:#x}', /form that Berth does not know/],
    ['${NAME@Q}', /form that Berth does not know/],
    ['${NAME#\\x}', /means nothing/],
    ['${NAME/x}', /not closed/],
    ['${NAME/x/y', /not closed/],
    ['${MISSING:-x', /not closed/],
    ['${MISSING?}', /MISSING: is not allowed to be unset/],
    ['${EMPTY:?}', /EMPTY: is not allowed to be empty/],
    ['${MISSING:?set it}', /MISSING: set it/],
    ["'open", /single quote/],
    ['"open', /double quote/],
  ])('%s is refused in words', (given, problem) => {
    expect(() => word(given)).toThrow(WordProblem)
    expect(() => word(given)).toThrow(problem)
  })

  test('another escape character leaves backslashes alone', () => {
    expect(expandWord('c:\\dir`$NAME', variables, { escape: '`' })).toBe('c:\\dir$NAME')
  })

  test('the content of a heredoc keeps its quotes', () => {
    const kept = expandWord(`it's "$NAME" \\$NAME \\\\ \\n`, variables, { escape: '\\', keepQuotes: true })
    expect(kept).toBe(`it's "berth" $NAME \\ n`)
  })

  test('a value that doubles itself ends at a limit', () => {
    let value = 'x'.repeat(1000)
    expect(() => {
      for (let round = 0; round < 30; round++) {
        value = expandWord('$a$a', new Map([['a', value]]), { escape: '\\' })
      }
    }).toThrow(/longer than 128 KB/)
  })
})

describe('a pattern', () => {
  const values = new Map([
    ['P', '/usr/local/bin/node.tar.gz'],
    ['S', 'a*b?c'],
    ['D', 'aXbXc'],
    ['B', 'x{y}/z'],
    ['N', '*/'],
  ])

  test.each([
    ['${P#*/}', 'usr/local/bin/node.tar.gz'],
    ['${P##*/}', 'node.tar.gz'],
    ['${P%.*}', '/usr/local/bin/node.tar'],
    ['${P%%.*}', '/usr/local/bin/node'],
    ['${P#usr}', '/usr/local/bin/node.tar.gz'],
    ['${P##*n?de}', '.tar.gz'],
    ['${P%%l*}', '/usr/'],
    ['${P%*}', '/usr/local/bin/node.tar.gz'],
    ['${P##*}', ''],
    ['${S#a\\*}', 'b?c'],
    ['${S%\\?c}', 'a*b'],
    ['${B%\\}*}', 'x{y'],
    ['${D/X/-}', 'a-bXc'],
    ['${D//X/-}', 'a-b-c'],
    ['${D/X*X/-}', 'a-c'],
    ['${D//?X/}', 'c'],
    ['${D//none/-}', 'aXbXc'],
    ['${D/X/}', 'abXc'],
    ['${D/X/$P}', 'a/usr/local/bin/node.tar.gzbXc'],
    ['${P/\\/usr/}', '/local/bin/node.tar.gz'],
    ['${P//\\//\\/}', '\\/usr\\/local\\/bin\\/node.tar.gz'],
    ['${P/$N/}', 'node.tar.gz'],
    ["${D/'X'/-}", 'a-bXc'],
    ['${MISSING#x}', ''],
    ['${MISSING/x/y}', ''],
    ['v${P##*.}', 'vgz'],
    ['${MISSING:-${P##*/}}', 'node.tar.gz'],
  ])('%s becomes %s', (given, expected) => {
    expect(expandWord(given, values, { escape: '\\' })).toBe(expected)
  })

  test('made to stall a matcher, or to grow without end, is refused or matched at once', () => {
    const long = new Map([['L', 'a'.repeat(2_000)]])
    const expand = (text: string) => expandWord(text, long, { escape: '\\' })
    expect(expand(`\${L##${'*a'.repeat(40)}b}`)).toHaveLength(2_000)
    expect(() => expand(`\${L#${'?'.repeat(1_000)}}`)).toThrow(/too long to match/)
    expect(() => expand(`\${L//a/${'b'.repeat(100)}}`)).toThrow(/longer than 128 KB/)
  })
})

describe('words', () => {
  test.each([
    ['80 443', ['80', '443']],
    ['$LIST', ['one', 'two']],
    ['"$LIST"', ['one two']],
    ['a"b c"d', ['ab cd']],
    ['a\\ b', ['a b']],
    ['', []],
    ['$EMPTY', []],
    ['pre$LIST', ['preone', 'two']],
  ])('%s splits into %j', (given, expected) => {
    expect(words(given)).toEqual(expected)
  })
})
