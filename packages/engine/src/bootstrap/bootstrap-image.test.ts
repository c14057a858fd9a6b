import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fakeRunner } from '@berth/command/drivers/fake-runner.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Images } from '../engine.ts'
import { bootstrapImage } from './bootstrap-image.ts'
import { debootstrapCommand } from './debootstrap-command.ts'
import { mirrorsAmong, parseOsRelease, sourceLines } from './mirrors.ts'
import { suiteOf } from './suites.ts'

describe('the name says which packages', () => {
  test.each([
    ['debian:bookworm-slim', { distribution: 'debian', codename: 'bookworm', slim: true }],
    ['docker.io/library/debian:12', { distribution: 'debian', codename: 'bookworm', slim: false }],
    ['debian:trixie-slim', { distribution: 'debian', codename: 'trixie', slim: true }],
    ['ubuntu:24.04', { distribution: 'ubuntu', codename: 'noble', slim: false }],
  ])('%s', (name, suite) => {
    expect(suiteOf(name)).toEqual(suite)
  })

  test.each(['alpine', 'debian:potato', 'ghcr.io/debian:bookworm', 'debian:constructor', 'constructor'])(
    '%s cannot be made',
    (name) => {
      expect(() => suiteOf(name)).toThrow(expect.objectContaining({ code: 'IMAGE.CANNOT_BOOTSTRAP' }))
    },
  )
})

describe('the mirror', () => {
  const suite = suiteOf('debian:trixie')

  test('is the machine’s own, for whatever release', () => {
    const lines = [
      'http://m/debian/ bookworm',
      'http://m/debian/ bookworm-updates',
      'http://s/ bookworm-security',
      '',
    ].join('\n')
    const mirrors = mirrorsAmong(lines, 'bookworm')
    expect(mirrors).toEqual({ main: 'http://m/debian/', security: 'http://s/' })
    expect(sourceLines(suite, { main: 'http://m/debian/', security: 'http://s/' })).toBe(
      'deb http://m/debian/ trixie main\ndeb http://m/debian/ trixie-updates main\ndeb http://s/ trixie-security main\n',
    )
  })

  test('is not known where apt names none', () => {
    expect(mirrorsAmong('', 'bookworm')).toBeNull()
    expect(mirrorsAmong('http://other/ stable', 'bookworm')).toBeNull()
  })

  test('is asked for by the distribution that os-release names', () => {
    expect(parseOsRelease('NAME="Debian"\nID=debian\nVERSION_CODENAME="bookworm"\n')).toEqual({
      distribution: 'debian',
      codename: 'bookworm',
    })
  })
})

test('mmdebstrap runs in namespaces that end with it, on the given sources', () => {
  const { argv, env } = debootstrapCommand({
    suite: suiteOf('debian:bookworm-slim'),
    mirrors: { main: 'http://m/', security: 'http://s/' },
    temporary: '/work',
    root: '/work/root',
  })
  expect(argv.slice(0, 9)).toEqual([
    ...[
      'unshare',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount',
      '--mount-proc',
      '--propagation',
      'private',
      '--',
    ],
  ])
  expect(argv).toContain('--dpkgopt=path-exclude=/usr/share/man/*')
  expect(argv.slice(-3)).toEqual(['bookworm', '/work/root', '-'])
  expect(env).toEqual({ TMPDIR: '/work' })
})

describe('a bootstrap', () => {
  let cacheDirectory: string
  beforeEach(() => {
    cacheDirectory = mkdtempSync('/tmp/berth-bootstrap-')
  })
  afterEach(() => rmSync(cacheDirectory, { recursive: true }))

  const importing = (imported: string[]) =>
    ({
      find: async () => undefined,
      importRootfs: async (path: string, name: string) => {
        imported.push(`${path} ${name}`)
        return { digest: '', config: {}, layers: [], createdAt: new Date() }
      },
    }) as unknown as Images

  test('that fails says why, without the mirror’s address, and leaves nothing', async () => {
    const commands = fakeRunner(({ argv }) =>
      argv[0] === 'unshare'
        ? { status: 25, stderr: 'I: starting\nE: cannot reach http://mirror.example/debian\n' }
        : {},
    )
    const said: string[] = []
    const made = bootstrapImage({
      name: 'debian:bookworm-slim',
      images: importing([]),
      commands: { ...commands, run: withoutRemoving(cacheDirectory) },
      cacheDirectory,
      onProgress: (text) => said.push(text),
    })
    await expect(made).rejects.toMatchObject({
      code: 'IMAGE.CANNOT_BOOTSTRAP',
      message: expect.stringContaining('cannot reach (mirror)'),
    })
    expect(said).toContain('starting')
    expect(readdirSync(cacheDirectory)).toEqual(['debian-bookworm-slim.tar.lock'])
  })

  test('takes the archive that the machine has already', async () => {
    writeFileSync(`${cacheDirectory}/debian-bookworm.tar`, '')
    const imported: string[] = []
    const commands = fakeRunner()
    await bootstrapImage({ name: 'debian:bookworm', images: importing(imported), commands, cacheDirectory })
    expect(imported).toEqual([`${cacheDirectory}/debian-bookworm.tar debian:bookworm`])
    expect(commands.asked).toEqual([])
  })
})

/** `rm` is meant; apt's answer is none. */
function withoutRemoving(directory: string) {
  return async (command: { argv: readonly string[] }) => {
    const path = command.argv.at(-1) ?? ''
    if (command.argv[0] === 'rm' && path.startsWith(`${directory}/`))
      rmSync(path, { recursive: true, force: true })
    return { status: 0, stdout: '', stderr: '', stdoutBytes: Buffer.alloc(0) }
  }
}
