import { isBerthError } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { parseDockerfile } from './parse-dockerfile.ts'

const parse = (...lines: string[]) => parseDockerfile('Dockerfile', lines.join('\n'))
const instructions = (...lines: string[]) => parse('FROM base', ...lines).stages[0]?.instructions ?? []
const only = (...lines: string[]) => instructions(...lines)[0]

function refusal(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (isBerthError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('lines', () => {
  test('a continued line is joined, comments and empty lines within it are left out', () => {
    const run = only('RUN one \\', '# a comment', '', '  && two \\', '  && three')
    expect(run).toMatchObject({ command: { form: 'shell', line: 'one   && two   && three' } })
    expect(run?.place).toMatchObject({ line: 2, endLine: 6 })
  })

  test('the escape directive changes what continues a line', () => {
    const { stages } = parse('# escape=`', 'FROM base', 'RUN one `', '  two\\')
    expect(stages[0]?.instructions[0]).toMatchObject({ command: { line: 'one   two\\' } })
  })

  test('a directive after another comment is a comment', () => {
    expect(parse('# hello', '# escape=`', 'FROM base').directives.escape).toBe('\\')
  })

  test('a byte order mark, carriage returns and lower-case keywords are fine', () => {
    const { stages } = parseDockerfile('Dockerfile', '\ufefffrom base as Build\r\nrun true\r\n')
    expect(stages[0]).toMatchObject({ name: 'build', instructions: [{ keyword: 'RUN' }] })
  })

  test('a backslash at the end of the file continues nothing', () => {
    expect(only('RUN true \\')).toMatchObject({ command: { line: 'true' } })
  })
})

describe('instructions', () => {
  test.each([
    ['RUN ["a", "b c"]', { command: { form: 'exec', words: ['a', 'b c'] } }],
    ['RUN [ not json', { command: { form: 'shell', line: '[ not json' } }],
    ['RUN --network=none id', { network: 'none', command: { line: 'id' } }],
    ['COPY a b c/', { sources: ['a', 'b'], destination: 'c/', from: null }],
    ['COPY ["a b", "c d/"]', { sources: ['a b'], destination: 'c d/' }],
    [
      'COPY --from=build --chown=1:2 --chmod=755 --link a b',
      { from: 'build', owner: '1:2', mode: '755', sources: ['a'] },
    ],
    ['COPY --exclude=*.md --exclude=x . .', { exclude: ['*.md', 'x'] }],
    ['ADD site.tar.gz /srv/', { keyword: 'ADD', unpack: true }],
    ['ADD --unpack=false a.tar /', { unpack: false }],
    [
      'ENV A=1 B="two words" C=a\\ b',
      {
        assignments: [
          { name: 'A', value: '1' },
          { name: 'B', value: '"two words"' },
          { name: 'C', value: 'a\\ b' },
        ],
      },
    ],
    ['ENV A two words', { assignments: [{ name: 'A', value: 'two words' }] }],
    [
      'ARG A B=1',
      {
        declarations: [
          { name: 'A', value: null },
          { name: 'B', value: '1' },
        ],
      },
    ],
    ['EXPOSE 80 443/tcp', { ports: '80 443/tcp' }],
    ['CMD node app.js', { command: { form: 'shell', line: 'node app.js' } }],
    ['CMD', { command: null }],
    ['ENTRYPOINT ["tini", "--"]', { command: { form: 'exec', words: ['tini', '--'] } }],
    ['VOLUME ["/a", "/b"]', { paths: ['/a', '/b'] }],
    ['VOLUME /a /b', { paths: ['/a', '/b'] }],
    ['SHELL ["/bin/bash", "-c"]', { words: ['/bin/bash', '-c'] }],
    ['HEALTHCHECK NONE', { healthcheck: { test: ['NONE'] } }],
    [
      'HEALTHCHECK --interval=1m30s --timeout=500ms --retries=2 CMD curl localhost',
      {
        healthcheck: {
          test: ['CMD-SHELL', 'curl localhost'],
          intervalMs: 90_000,
          timeoutMs: 500,
          retries: 2,
        },
      },
    ],
    ['HEALTHCHECK CMD ["a", "b"]', { healthcheck: { test: ['CMD', 'a', 'b'], intervalMs: 0 } }],
    ['ONBUILD RUN id', { trigger: 'RUN id' }],
    ['LABEL a.b="c d"', { assignments: [{ name: 'a.b', value: '"c d"' }] }],
    ['STOPSIGNAL SIGQUIT', { signal: 'SIGQUIT' }],
    ['USER app:app', { user: 'app:app' }],
    ['MAINTAINER Jane', { name: 'Jane' }],
  ])('%s', (line, expected) => {
    expect(only(line)).toMatchObject(expected)
  })

  test('a heredoc of RUN and of COPY is taken out of the lines', () => {
    const [run, copy] = instructions(
      'RUN <<EOF',
      'one',
      'two',
      'EOF',
      'COPY <<-"conf" /etc/app.conf',
      '\tkey=$value',
      '\tconf',
    )
    expect(run).toMatchObject({ heredocs: [{ name: 'EOF', content: 'one\ntwo\n', expand: true }] })
    expect(copy).toMatchObject({
      sources: [],
      destination: '/etc/app.conf',
      inline: [{ name: 'conf', content: 'key=$value\n', expand: false, chomp: true }],
    })
  })

  test('a shift or a here-string is no heredoc', () => {
    expect(only('RUN echo $((1<<2)) && cat <<<word')).toMatchObject({ heredocs: [] })
  })
})

describe('refusals name the line', () => {
  test.each([
    [
      'COPPY a b',
      'BUILD.UNKNOWN_INSTRUCTION',
      /Dockerfile:2: there is no instruction "COPPY"/,
      /Did you mean COPY/,
    ],
    ['&& apt-get update', 'BUILD.UNKNOWN_INSTRUCTION', /Dockerfile:2/, /end without a backslash/],
    ['COPY --form=x a b', 'BUILD.UNKNOWN_FLAG', /COPY has no flag "--form"/, /--from/],
    ['RUN --mount=type=cache,target=/x id', 'BUILD.UNSUPPORTED', /RUN --mount/, /./],
    ['ADD https://example.org/x /x', 'BUILD.UNSUPPORTED', /remote address/, /curl/],
    ['ADD git@github.com:a/b.git /x', 'BUILD.UNSUPPORTED', /remote address/, /./],
    ['COPY --parents a b', 'BUILD.UNSUPPORTED', /--parents/, /./],
    ['COPY a', 'BUILD.SYNTAX', /at least one source/, /COPY . ./],
    ['COPY --from=$x a b', 'BUILD.SYNTAX', /does not expand/, /FROM \$image AS name/],
    ['ENV A=1 B', 'BUILD.SYNTAX', /has no "="/, /quotes/],
    ['ENV A', 'BUILD.SYNTAX', /NAME=value/, /./],
    ['RUN', 'BUILD.SYNTAX', /needs a command/, /line 2/],
    ['RUN [1, 2]', 'BUILD.SYNTAX', /strings only/, /./],
    ['SHELL bash -c', 'BUILD.SYNTAX', /JSON list/, /\["/],
    ['HEALTHCHECK --interval=soon CMD x', 'BUILD.SYNTAX', /duration/, /./],
    ['HEALTHCHECK curl', 'BUILD.SYNTAX', /followed by CMD/, /./],
    ['ONBUILD FROM x', 'BUILD.SYNTAX', /not allowed/, /./],
    ['ONBUILD WHAT x', 'BUILD.UNKNOWN_INSTRUCTION', /WHAT/, /./],
    ['FROM a b', 'BUILD.SYNTAX', /AS and a name/, /./],
    ['FROM a AS 1b', 'BUILD.SYNTAX', /stage name/, /./],
    ['RUN <<EOF', 'BUILD.SYNTAX', /no line that ends it/, /./],
    ['RUN a\0b', 'BUILD.SYNTAX', /NUL/, /./],
    ['EXPOSE', 'BUILD.SYNTAX', /needs a value/, /./],
    ['WORKDIR --x /a', 'BUILD.UNKNOWN_FLAG', /WORKDIR has no flag/, /./],
  ])('%s', (line, code, message, hint) => {
    const error = refusal(() => parse('FROM base', line))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(error.hint).toMatch(hint)
    expect(error.fault).toBe('user')
  })

  test('the lines around stand below the message', () => {
    const error = refusal(() => parse('FROM base', 'RUN one', 'COPPY a b', 'RUN two'))
    expect(error.message.split('\n').slice(2)).toEqual([
      '  1 | FROM base',
      '  2 | RUN one',
      '> 3 | COPPY a b',
      '  4 | RUN two',
    ])
  })

  test('a file without FROM, and one with something before it', () => {
    expect(refusal(() => parse('# nothing')).message).toMatch(/has no FROM/)
    expect(refusal(() => parse('RUN id', 'FROM base')).message).toMatch(/RUN stands before the first FROM/)
  })
})
