// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { describe, expect, test } from 'vitest'
import { actionOf, codeOf, planOf, testImage } from '../testing/plan-of.ts'

describe('expansion', () => {
  const withEnv = 'FROM base\nENV D=/data F=file\n'

  test.each([
    ['WORKDIR $D', { kind: 'workdir', path: '/data' }],
    ['COPY $F $D/', { kind: 'copy', destination: '/data', isDirectory: true }],
    ['COPY --chown=$F:1 --chmod=${M:-755} file x', { owner: 'file:1', mode: { kind: 'octal', mode: 0o755 } }],
    ['RUN echo $D', { argv: ['/bin/sh', '-c', 'echo $D'] }],
    ['RUN ["echo", "$D"]', { argv: ['echo', '$D'] }],
  ])('%s', (line, expected) => {
    expect(actionOf(planOf(withEnv + line, { files: { file: '1' } }))).toMatchObject(expected)
  })

  test.each([
    ['LABEL a=$F', { labels: { a: 'file' } }],
    ['EXPOSE $P 53/udp', { exposedPorts: ['80/tcp', '81/tcp', '53/udp'] }],
    ['USER $F', { user: 'file' }],
    ['VOLUME $D /x', { volumes: ['/data', '/x'] }],
    ['STOPSIGNAL $S', { stopSignal: 'SIGINT' }],
    ['CMD echo $D', { command: ['/bin/sh', '-c', 'echo $D'] }],
    ['ENV D=1 E=$D', { env: { D: '1', E: '/data' } }],
  ])('%s', (line, expected) => {
    expect(planOf(`${withEnv}ENV P="80-81" S=SIGINT\n${line}`).config).toMatchObject(expected)
  })

  test('a value that must be there names the line when it is not', () => {
    expect(() => planOf('FROM base\nWORKDIR ${DIR:?say where}')).toThrow(/Dockerfile:2: DIR: say where/)
  })
})

describe('the configuration', () => {
  const base = testImage({
    command: ['base-command'],
    env: { PATH: '/bin' },
    user: 'base',
    exposedPorts: ['1/tcp'],
  })
  const config = (text: string) =>
    planOf(`FROM base\n${text}`, { images: { base }, labels: { by: 'berth' } }).config

  test('begins with the base image’s', () => {
    expect(config('EXPOSE 2')).toMatchObject({
      command: ['base-command'],
      env: { PATH: '/bin' },
      user: 'base',
      exposedPorts: ['1/tcp', '2/tcp'],
      labels: { by: 'berth' },
    })
  })

  test('loses the base image’s command with a new ENTRYPOINT, but not its own', () => {
    expect(config('ENTRYPOINT ["e"]')).toMatchObject({ entrypoint: ['e'], command: null })
    expect(config('CMD ["c"]\nENTRYPOINT ["e"]')).toMatchObject({ entrypoint: ['e'], command: ['c'] })
  })

  test('takes the shell of SHELL', () => {
    const planned = planOf('FROM base\nSHELL ["/bin/bash", "-ec"]\nRUN x\nCMD y')
    expect(actionOf(planned)).toMatchObject({ argv: ['/bin/bash', '-ec', 'x'] })
    expect(planned.config.command).toEqual(['/bin/bash', '-ec', 'y'])
  })

  test('resolves a relative WORKDIR against the one before', () => {
    expect(config('WORKDIR /a\nWORKDIR b/../c').workingDirectory).toBe('/a/c')
    expect(config('WORKDIR /a/\nWORKDIR b/').workingDirectory).toBe('/a/b')
    expect(config('WORKDIR /a/').workingDirectory).toBe('/a/')
  })

  test('does not grow without end', () => {
    expect(config('EXPOSE 1-65535/udp 1-65535').exposedPorts).toContain('65535/udp')
    expect(() => config('EXPOSE 1-65535\n'.repeat(4))).toThrow(/more than 196605 ports/)
    const many = (keyword: string) =>
      `${keyword} ${Array.from({ length: 5_000 }, (_, index) => `v${index}=1`).join(' ')}`
    expect(() => config(many('ENV'))).toThrow(/more than 4096 variables/)
    expect(() => config(many('LABEL'))).toThrow(/more than 4096 labels/)
    const doubled = [
      'ARG A0=x',
      ...Array.from({ length: 16 }, (_, index) => `ARG A${index + 1}=$A${index}$A${index}`),
    ]
    const copies = Array.from({ length: 20 }, (_, index) => `ENV C${index}=$A16`)
    expect(() => config([...doubled, ...copies.slice(0, 1)].join('\n'))).not.toThrow()
    expect(() => config([...doubled, ...copies].join('\n'))).toThrow(/larger than 256 KB/)
  })

  test.each([
    'EXPOSE http',
    'EXPOSE 99999',
    'EXPOSE 9-8',
    'STOPSIGNAL rm -rf',
    'COPY --chmod=rwx . .',
    'VOLUME $X',
    'ENV $X=1',
  ])('%s is refused', (line) => expect(codeOf(() => config(line))).toBe('BUILD.SYNTAX'))
})
