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

  test('a no-break space separates nothing: it is part of a name, or of a keyword that nobody knows', () => {
    expect(only('COPY a\u00a0b /x')).toMatchObject({ sources: ['a\u00a0b'], destination: '/x' })
    expect(only('VOLUME /a\u00a0b /c')).toMatchObject({ paths: ['/a\u00a0b', '/c'] })
    expect(refusal(() => only('RUN\u00a0true')).code).toBe('BUILD.UNKNOWN_INSTRUCTION')
  })

  test('a backslash that is escaped continues nothing', () => {
    const [one, two] = instructions('RUN echo \\\\', 'RUN two')
    expect(one).toMatchObject({ command: { line: 'echo \\\\' } })
    expect(two).toMatchObject({ command: { line: 'two' } })
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
    ['ADD site.tar.gz /srv/', { keyword: 'ADD', unpack: null }],
    ['ADD --unpack https://x/a.tar /', { unpack: true, sources: ['https://x/a.tar'] }],
    ['ADD --checksum=sha256:1 --keep-git-dir a b', { checksum: 'sha256:1', keepGitDirectory: true }],
    ['COPY --parents a b', { parents: true }],
    ['COPY --chown= --link=TRUE a b', { owner: null }],
    ['COPY --chown="1:2" --chmod=\\$M a b', { owner: '1:2', mode: '$M' }],
    ['COPY -- --a b', { sources: ['--a'], destination: 'b' }],
    [
      'RUN --mount=type=cache,dst=/c --mount=ro,from=build id',
      { mounts: [{ from: null }, { from: 'build' }] },
    ],
    ['RUN --security=sandbox id', { command: { line: 'id' } }],
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
    ['CMD', { command: { form: 'shell', line: '' } }],
    ['CMD []', { command: { form: 'exec', words: [] } }],
    ['RUN', { command: { form: 'shell', line: '' } }],
    ['ONBUILD WHAT x', { trigger: 'WHAT x' }],
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
    ['HEALTHCHECK --interval=1s none', { healthcheck: { test: ['NONE'], intervalMs: 0 } }],
    [
      'HEALTHCHECK --start-period=1.5h --start-interval=.5s --interval=+2m cmd a',
      { healthcheck: { startPeriodMs: 5_400_000, startIntervalMs: 500, intervalMs: 120_000 } },
    ],
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

  test.each([
    ['<<EOF', 'EOF', { chomp: false, expand: true }],
    ['<< EOF', 'EOF', { expand: true }],
    ['3<<-IN', 'IN', { chomp: true }],
    ["<<'a b'", 'a b', { expand: false }],
    ['<<"EOF"', 'EOF', { expand: false }],
    ['<<E"O"F', 'EOF', { expand: false }],
    ['<<$NAME', '$NAME', { expand: true }],
  ])('a heredoc %s ends with %s', (opening, name, expected) => {
    const run = only(`RUN cat ${opening} && x`, 'text', name, 'RUN two')
    expect(run).toMatchObject({ heredocs: [{ name, content: 'text\n', ...expected }] })
  })

  test('several heredocs follow one another, and keep how their lines end', () => {
    const { stages } = parseDockerfile(
      'Dockerfile',
      'FROM base\r\nCOPY <<A <<B /x/\r\n1\r\nA\r\n2\nB\nRUN id',
    )
    expect(stages[0]?.instructions).toMatchObject([
      {
        inline: [
          { name: 'A', content: '1\r\n' },
          { name: 'B', content: '2\n' },
        ],
      },
      { keyword: 'RUN' },
    ])
  })

  test.each([
    'RUN echo $((1<<2)) && cat <<<word',
    'RUN echo "a <<EOF"',
    'RUN ["cat", "<<EOF"]',
    'COPY ["<<EOF", "x"]',
    'CMD cat <<EOF',
  ])('%s opens no heredoc', (line) => {
    const [instruction, next] = instructions(line, 'RUN id')
    expect(instruction).not.toHaveProperty('heredocs.0')
    expect(next).toMatchObject({ keyword: 'RUN' })
  })

  test('ONBUILD keeps the heredocs of its instruction', () => {
    expect(only('ONBUILD COPY <<-EOF /x', '\tone', '\tEOF')).toMatchObject({
      trigger: 'COPY <<-EOF /x\none\nEOF',
    })
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
    ['RUN --mount=type=cache,taget=/x id', 'BUILD.SYNTAX', /no option "taget"/, /Did you mean target/],
    ['RUN --mount=type=bind,target id', 'BUILD.SYNTAX', /target of RUN --mount needs a value/, /./],
    ['RUN --mount=from=$x,target=/x id', 'BUILD.SYNTAX', /does not expand/, /FROM \$image AS name/],
    ['RUN --mount=type=bind,\\"a id', 'BUILD.SYNTAX', /quotes .* do not match/, /./],
    ['RUN --network=host id', 'BUILD.UNSUPPORTED', /--network=host/, /--network=none/],
    ['RUN --network=nome id', 'BUILD.SYNTAX', /this is "nome"/, /Did you mean none/],
    ['RUN --security=insecure id', 'BUILD.UNSUPPORTED', /insecure/, /privileges/],
    ['RUN --device=gpu id', 'BUILD.UNSUPPORTED', /--device/, /./],
    ['RUN --constructor=x id', 'BUILD.UNKNOWN_FLAG', /--constructor/, /./],
    ['CMD --port 80', 'BUILD.UNKNOWN_FLAG', /CMD has no flag "--port"/, /./],
    ['COPY --link=maybe a b', 'BUILD.SYNTAX', /true or false/, /./],
    ['COPY --from a b', 'BUILD.SYNTAX', /--from needs a value/, /./],
    ['COPY a <<EOF', 'BUILD.SYNTAX', /no line that ends it/, /./],
    ['ONBUILD ONBUILD RUN x', 'BUILD.SYNTAX', /ONBUILD ONBUILD/, /./],
    ['ONBUILD MAINTAINER x', 'BUILD.SYNTAX', /not allowed/, /./],
    ['HEALTHCHECK --retries=-1 CMD x', 'BUILD.SYNTAX', /whole number/, /./],
    ['HEALTHCHECK --timeout=1us CMD x', 'BUILD.SYNTAX', /shorter than 1ms/, /./],
    ['COPY a', 'BUILD.SYNTAX', /at least one source/, /COPY . ./],
    ['COPY --from=$x a b', 'BUILD.SYNTAX', /does not expand/, /FROM \$image AS name/],
    ['ENV A=1 B', 'BUILD.SYNTAX', /has no "="/, /quotes/],
    ['ENV A', 'BUILD.SYNTAX', /NAME=value/, /./],
    ['RUN []', 'BUILD.SYNTAX', /needs a command/, /./],
    ['VOLUME', 'BUILD.SYNTAX', /needs a path/, /line 2/],
    ['RUN [1, 2]', 'BUILD.SYNTAX', /strings only/, /./],
    ['SHELL bash -c', 'BUILD.SYNTAX', /JSON list/, /\["/],
    ['HEALTHCHECK --interval=soon CMD x', 'BUILD.SYNTAX', /duration/, /./],
    ['HEALTHCHECK curl', 'BUILD.SYNTAX', /followed by CMD/, /./],
    ['ONBUILD FROM x', 'BUILD.SYNTAX', /not allowed/, /./],
    ['WHAT x', 'BUILD.UNKNOWN_INSTRUCTION', /WHAT/, /./],
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
