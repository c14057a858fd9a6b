import { isBerthError } from '@berth/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { processArguments } from './process-arguments.ts'
import { readCommand } from './read-command.ts'

const withShell = { entrypoint: null, command: ['nginx'], hasShell: true }
const withoutShell = { ...withShell, hasShell: false }
const variables = { PORT: '5000', JAVA_OPTS: ' -Xmx300m  -Xss512k ', EMPTY: '', NAME: 'a b' }

const argv = (command: string) => processArguments(command, variables, withoutShell).command

describe('a command', () => {
  test.each([
    ['node server.js', ['node', 'server.js']],
    ['  spaced\t out  ', ['spaced', 'out']],
    [`a "b c" 'd  e' f\\ g`, ['a', 'b c', 'd  e', 'f g']],
    [`a"b"'c'd`, ['abcd']],
    [`a '' ""`, ['a', '', '']],
    ['a "\\"\\\\\\n"', ['a', '"\\\\n']],
    ['serve -p $PORT', ['serve', '-p', '5000']],
    [`serve --bind=0.0.0.0:\${PORT}/x`, ['serve', '--bind=0.0.0.0:5000/x']],
    ["echo '$PORT' \\$PORT", ['echo', '$PORT', '$PORT']],
    ['java $JAVA_OPTS -jar app.jar', ['java', '-Xmx300m', '-Xss512k', '-jar', 'app.jar']],
    ['greet "$NAME" x$NAME', ['greet', 'a b', 'xa', 'b']],
    ['a $EMPTY "$EMPTY" $UNKNOWN b', ['a', '', 'b']],
    ['price 5$ $', ['price', '5$', '$']],
    ['a $constructor $__proto__', ['a']],
    [`a "b && c" 'd;e' f\\|g`, ['a', 'b && c', 'd;e', 'f|g']],
    ['ls *.js a#b', ['ls', '*.js', 'a#b']],
  ])('%s is split as a shell would', (command, expected) => {
    expect(argv(command)).toEqual(expected)
  })

  test.each([
    'a && b',
    'a | b',
    'a; b',
    'a > /dev/null',
    'a < b',
    'a &',
    '(a)',
    'a `b`',
    'a "`b`"',
    'a $(b)',
    'a "$(b)"',
    `a \${PORT:-5000}`,
    'a $1 b',
    'NODE_ENV=production node server.js',
    'cd app',
    'exec node server.js',
    'a # and why',
  ])('%s is run by the shell of the image, and refused where there is none', (command) => {
    expect(processArguments(command, variables, withShell)).toEqual({
      entrypoint: null,
      command: ['sh', '-c', command],
    })
    expect(() => argv(command)).toThrow(expect.objectContaining({ code: 'RELEASE.COMMAND_NEEDS_SHELL' }))
  })

  test.each(['a "b', "a 'b", 'a \\', '"', '$EMPTY'])('%s cannot be run', (command) => {
    expect(() => argv(command)).toThrow(expect.objectContaining({ code: 'RELEASE.COMMAND_INVALID' }))
  })

  test('that is missing leaves the command of the image, if it has one', () => {
    expect(processArguments(null, variables, withShell)).toEqual({ entrypoint: null, command: null })
    const entrypointAlone = { entrypoint: ['/app'], command: [], hasShell: false }
    expect(processArguments(null, variables, entrypointAlone)).toEqual({ entrypoint: null, command: null })
    expect(() => processArguments(null, {}, { entrypoint: null, command: [], hasShell: true })).toThrow(
      expect.objectContaining({ code: 'RELEASE.NOTHING_TO_RUN' }),
    )
  })

  test('keeps any words that were put in single quotes', () => {
    const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (words) => {
        expect(argv(words.map(quote).join(' '))).toEqual(words)
      }),
    )
  })

  test('is read or rejected with a code, whatever it holds', () => {
    const text = fc.string({ unit: fc.constantFrom(...`ab "'\\$\{}()&|;#=\`\n\t`) })
    fc.assert(
      fc.property(text, (command) => {
        try {
          readCommand(command)
        } catch (error) {
          expect(isBerthError(error, 'RELEASE.COMMAND_INVALID')).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
