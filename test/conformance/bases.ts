/**
 * The images that the corpus builds from, as archives of `docker save`, which both sides load. Made here, since no
 * registry is asked: Debian's busybox-static, and files of every kind that a layer can hold.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { localRunner } from '@berth/command'
import { makeTar, type TarPart } from '@berth/engine/archive/make-tar.ts'

export type Base = { name: string; archive: Buffer }

const busybox = '/usr/bin/busybox'
const searchPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export async function makeBases(): Promise<Base[]> {
  const { stdout } = await localRunner.run({ argv: [busybox, '--list'] })
  const applets = stdout
    .trim()
    .split('\n')
    .filter((name) => name !== 'busybox')
  const base = makeTar([...systemParts(applets), ...zooParts])
  const plain = { Env: [searchPath] }
  return [
    imageOf('base', plain, [base]),
    imageOf('triggers', { ...plain, OnBuild: triggers }, [base]),
    imageOf('configured', configured, [base]),
    imageOf('layered', plain, [base, ...upperLayers]),
    imageOf('empty-path', { Env: [] }, [base]),
  ]
}

const triggers = [
  'ARG GREETING=hello',
  'COPY app /app/',
  'RUN echo $GREETING > /app/greeting',
  'ENV BUILT_ON=base',
]

const configured = {
  Env: [searchPath, 'COLOUR=green', 'EMPTY=', 'SPACED=one two'],
  Entrypoint: ['/bin/sh', '-c'],
  Cmd: ['echo from the base'],
  User: 'app',
  WorkingDir: '/home/app',
  Volumes: { '/data': {} },
  ExposedPorts: { '7000/tcp': {} },
  Labels: { kept: 'by the base', replaced: 'by the base' },
  StopSignal: 'SIGUSR1',
  Healthcheck: { Test: ['CMD', 'true'], Interval: 5_000_000_000 },
}

/** Older builders named an author in each entry. */
const author = 'somebody <somebody@example.com>'

const directory = (path: string, more: Partial<TarPart> = {}): TarPart => ({
  path,
  type: '5',
  mode: 0o755,
  ...more,
})
const file = (path: string, content: string, more: Partial<TarPart> = {}): TarPart => ({
  path,
  content,
  ...more,
})
const link = (path: string, linkTarget: string): TarPart => ({ path, type: '2', linkTarget, mode: 0o777 })

function systemParts(applets: readonly string[]): TarPart[] {
  const users = [
    'root:x:0:0:root:/root:/bin/sh',
    'app:x:1000:1000::/home/app:/bin/sh',
    'other:x:1001:2000::/:/bin/sh',
  ]
  const groups = ['root:x:0:', 'app:x:1000:', 'extra:x:2000:app', '1234:x:77:']
  return [
    ...['bin', 'dev', 'etc', 'home', 'opt', 'proc', 'sys', 'usr', 'var'].map((name) => directory(name)),
    directory('root', { mode: 0o700 }),
    directory('tmp', { mode: 0o1777 }),
    directory('home/app', { uid: 1000, gid: 1000 }),
    { path: 'bin/busybox', content: readFileSync(busybox), mode: 0o755 },
    ...applets.map((name) => link(`bin/${name}`, 'busybox')),
    file('etc/passwd', `${users.join('\n')}\n`),
    file('etc/group', `${groups.join('\n')}\n`),
  ]
}

/** cap_net_raw+ep, revision 2. Source: include/uapi/linux/capability.h */
export const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex')

/** One of everything. */
const zooParts: TarPart[] = [
  directory('opt/zoo'),
  file('opt/zoo/file', 'in the base\n'),
  file('opt/zoo/setuid', 'setuid\n', { mode: 0o4755 }),
  file('opt/zoo/setgid', 'setgid\n', { mode: 0o2755, gid: 2000 }),
  file('opt/zoo/owned', 'of app\n', { mode: 0o640, uid: 1000, gid: 2000 }),
  file('opt/zoo/capable', 'capable\n', {
    mode: 0o755,
    pax: { 'SCHILY.xattr.security.capability': capability },
  }),
  file('opt/zoo/noted', 'noted\n', { pax: { 'SCHILY.xattr.user.note': 'kept' } }),
  file('opt/zoo/one-name', 'two names\n'),
  { path: 'opt/zoo/other-name', type: '1', linkTarget: 'opt/zoo/one-name' },
  link('opt/zoo/to-file', 'file'),
  link('opt/zoo/to-dir', 'dir'),
  link('opt/zoo/absolute', '/opt/zoo/dir'),
  link('opt/zoo/broken', 'nowhere'),
  link('opt/zoo/loop', 'loop'),
  { path: 'opt/zoo/pipe', type: '6', mode: 0o600 },
  directory('opt/zoo/dir', { modifiedSeconds: 900_000_000 }),
  file('opt/zoo/dir/a', 'a\n', { modifiedSeconds: 900_000_001 }),
  file('opt/zoo/dir/.hidden', 'hidden\n'),
  directory('opt/zoo/dir/sub', { mode: 0o750, uid: 1000, gid: 1000 }),
  file('opt/zoo/dir/sub/b', 'b\n', { uid: 1000, gid: 1000 }),
  directory('opt/zoo/sticky', { mode: 0o1777 }),
  directory('opt/zoo/shared', { mode: 0o2775, gid: 2000 }),
  directory('opt/zoo/full'),
  file('opt/zoo/full/one', 'one\n'),
  file('opt/zoo/full/two', 'two\n'),
]

/** A directory made opaque, files deleted and put back, a directory that became a file. */
const upperLayers = [
  [
    file('opt/zoo/.wh.file', ''),
    directory('opt/zoo/full'),
    file('opt/zoo/full/.wh..wh..opq', ''),
    file('opt/zoo/full/three', 'three\n'),
    file('opt/zoo/.wh.dir', ''),
  ],
  [
    file('opt/zoo/file', 'put back\n'),
    file('opt/zoo/dir', 'a file now\n'),
    file('opt/zoo/full/one', 'one again\n'),
  ],
].map(makeTar)

function imageOf(name: string, config: object, layers: readonly Buffer[]): Base {
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  const diffs = layers.map((layer) => `sha256:${digest(layer)}`)
  const json = Buffer.from(
    JSON.stringify({
      architecture: { x64: 'amd64' }[process.arch as string] ?? process.arch,
      os: 'linux',
      created: '2001-09-09T01:46:40Z',
      ...(name === 'configured' ? { author } : {}),
      config,
      rootfs: { type: 'layers', diff_ids: diffs },
      history: layers.map(() => ({
        created: '2001-09-09T01:46:40Z',
        created_by: 'conformance',
        ...(name === 'configured' ? { author, comment: 'by hand' } : {}),
      })),
    }),
  )
  const paths = layers.map((layer) => `${digest(layer)}/layer.tar`)
  const manifest = [{ Config: `${digest(json)}.json`, RepoTags: [`${name}:latest`], Layers: paths }]
  const files = new Map(layers.map((layer, index) => [paths[index] as string, layer]))
  return {
    name,
    archive: makeTar([
      { path: `${digest(json)}.json`, content: json },
      ...[...files].flatMap(([path, content]) => [
        directory(path.split('/')[0] as string),
        { path, content },
      ]),
      { path: 'manifest.json', content: JSON.stringify(manifest) },
    ]),
  }
}
