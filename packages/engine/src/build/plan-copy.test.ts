// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { describe, expect, test } from 'vitest'
import { actionOf, codeOf, planOf } from '../testing/plan-of.ts'

describe('COPY from the context', () => {
  const files = {
    'a.txt': '1',
    'b.txt': '2',
    'src/x.js': '3',
    'src/deep/y.js': '4',
    'run.sh*': '5',
    'in -> src': 'l',
  }
  const sources = (line: string, ignore = '') => {
    const copied = actionOf(planOf(`FROM base\nCOPY ${line}`, { files, ignore }))
    return copied?.kind === 'copy'
      ? copied.sources.map(({ name, entries }) => [name, entries.map((each) => each.path || each.entry.path)])
      : []
  }

  test.each([
    ['a.txt /x', [['a.txt', ['a.txt']]]],
    [
      '/a.txt ../a.txt /x/',
      [
        ['a.txt', ['a.txt']],
        ['a.txt', ['a.txt']],
      ],
    ],
    ['src /x', [['src', ['x.js', 'deep/y.js']]]],
    [
      '*.txt /x/',
      [
        ['a.txt', ['a.txt']],
        ['b.txt', ['b.txt']],
      ],
    ],
    ['a.txt none*.txt /x/', [['a.txt', ['a.txt']]]],
    ['in/x.js /x', [['x.js', ['src/x.js']]]],
    ['in /x', [['in', ['x.js', 'deep/y.js']]]],
    ['--exclude=deep src /x', [['src', ['x.js']]]],
    [
      '--exclude=*.js src/x.js src/*.js /x/',
      [
        ['x.js', ['src/x.js']],
        ['x.js', ['src/x.js']],
      ],
    ],
  ])('%s', (line, expected) => {
    expect(sources(line)).toEqual(expected)
  })

  test('does not see what .dockerignore leaves out, and says so', () => {
    expect(sources('. /x', '*.txt\nrun.sh\nin')).toEqual([['', ['src/x.js', 'src/deep/y.js']]])
    expect(() => sources('a.txt /x', '*.txt')).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/ignore/) }),
    )
  })

  test('refuses what is not there, and a link that leads out', () => {
    expect(codeOf(() => sources('missing /x'))).toBe('BUILD.SOURCE_NOT_FOUND')
    const outside = () => planOf('FROM base\nCOPY etc /x', { files: { 'etc -> /etc/passwd': 'l' } })
    expect(codeOf(outside)).toBe('BUILD.SOURCE_NOT_FOUND')
    const up = () => planOf('FROM base\nCOPY up/passwd /x', { files: { 'up -> ../../../etc': 'l' } })
    expect(codeOf(up)).toBe('BUILD.SOURCE_NOT_FOUND')
  })

  test('a link in a circle is not there', () => {
    const circle = () => planOf('FROM base\nCOPY a /x', { files: { 'a -> b': '1', 'b -> a': '2' } })
    expect(codeOf(circle)).toBe('BUILD.SOURCE_NOT_FOUND')
  })
})

describe('heredocs', () => {
  test('of RUN are a script, or text that the shell reads', () => {
    expect(actionOf(planOf('FROM base\nRUN <<EOF\none\ntwo\nEOF'))).toMatchObject({
      argv: ['/bin/sh', '-c', 'one\ntwo\n'],
      script: null,
    })
    expect(actionOf(planOf('FROM base\nRUN cat <<EOF > /x\nhi\nEOF'))).toMatchObject({
      argv: ['/bin/sh', '-c', 'cat <<EOF > /x\nhi\nEOF'],
    })
    expect(actionOf(planOf('FROM base\nRUN <<EOF\n#!/usr/bin/python3\nprint(1)\nEOF'))).toMatchObject({
      script: '#!/usr/bin/python3\nprint(1)\n',
    })
  })

  test('of COPY are files; variables are replaced unless the name is in quotes', () => {
    const inline = (name: string) => actionOf(planOf(`FROM base\nENV A=1\nCOPY <<${name} /x\na=$A\nEOF`))
    expect(inline('EOF')).toMatchObject({ inline: [{ name: 'EOF', content: 'a=1\n' }] })
    expect(inline('"EOF"')).toMatchObject({ inline: [{ name: 'EOF', content: 'a=$A\n' }] })
  })
})
