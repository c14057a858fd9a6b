import type { ImageConfig } from '@berth/engine'
import type { TarPart } from '@berth/engine/archive/make-tar.ts'
import { expect } from 'vitest'
import { type Attack, attacksBy, describeAttacks } from './attack.ts'
import type { AttackSite } from './attack-site.ts'

/** Images whose configuration or whose root would lead the engine or the runtime out, when a container of them starts. */
type Image = {
  parts?: (site: AttackSite) => TarPart[]
  config?: Partial<ImageConfig>
  command?: string[] | null
}

const start = async (site: AttackSite, { parts = () => [], config = {}, command }: Image) => {
  await site.importImage('trap', parts(site), config)
  return site.run('echo ran', {
    image: 'trap',
    network: 'bridge',
    ...(command === undefined ? {} : { command }),
  })
}
const { refused, contained: prints } = attacksBy(
  async (site, image: Image) => (await start(site, image)).lines,
)
const link = (path: string, linkTarget: string): TarPart => ({ path, type: '2', linkTarget })
const unsafe = 'CONTAINER.UNSAFE_IMAGE'
const failed = 'CONTAINER.START_FAILED'
const notFound = 'CONTAINER.PROGRAM_NOT_FOUND'

const roots: Attack[] = [
  ...['dev', 'proc', 'sys'].map((path) =>
    refused(
      `/${path} that is a link to the machine`,
      unsafe,
      { parts: ({ canary }) => [link(path, canary.directory)] },
      path === 'dev' ? 'CVE-2025-31133' : 'CVE-2019-19921',
    ),
  ),
  refused(
    '/dev that is a link that climbs out',
    unsafe,
    { parts: () => [link('dev', '../../../../../../dev')] },
    'CVE-2025-52565',
  ),
  refused('/proc that is a file', unsafe, { parts: () => [{ path: 'proc', content: 'x' }] }),
  refused('/sys that is a pipe', unsafe, { parts: () => [{ path: 'sys', type: '6' }] }),
  prints(
    '/dev/console and /dev/null that are links to the machine',
    ['ran'],
    {
      parts: ({ canary }) => [
        { path: 'dev', type: '5', mode: 0o755 },
        link('dev/console', canary.secretPath),
        link('dev/null', canary.secretPath),
        link('dev/pts', canary.directory),
        link('dev/shm', canary.directory),
      ],
    },
    'CVE-2025-52565',
  ),
  prints('/etc/hosts and resolv.conf that are links to the machine', ['ran'], {
    parts: ({ canary }) => [
      link('etc/hosts', canary.secretPath),
      link('etc/resolv.conf', `../../../../..${canary.secretPath}`),
    ],
  }),
  refused('/etc that is a link to the machine', unsafe, {
    parts: ({ canary }) => [link('outside', canary.directory), link('etc', '/outside')],
  }),
  refused('/etc/hosts that is a pipe', failed, { parts: () => [{ path: 'etc/hosts', type: '6' }] }),
  refused('/etc/hostname that is a directory', failed, {
    parts: () => [{ path: 'etc/hostname', type: '5', mode: 0o755 }],
  }),
]

const words: Attack[] = [
  refused(
    'a working directory in a descriptor of the runtime',
    failed,
    { config: { workingDirectory: '/proc/self/fd/8' } },
    'CVE-2024-21626',
  ),
  refused(
    'a link to a descriptor of the runtime as working directory',
    failed,
    { parts: () => [link('way', '/proc/self/fd/7')], config: { workingDirectory: '/way' } },
    'CVE-2024-21626',
  ),
  prints('a working directory that climbs out', ['/'], {
    config: { workingDirectory: '../../../../..' },
    command: ['sh', '-c', 'pwd'],
  }),
  refused('a user that is none', failed, { config: { user: '+1' } }),
  refused('a user of an id beyond the range', failed, { config: { user: '100000' } }),
  refused('a group of a negative id', failed, { config: { user: '0:-1' } }),
  refused('a user of an id that overflows', failed, { config: { user: '4294967296:4294967296' } }),
  refused('a user with line breaks and terminal sequences', failed, { config: { user: 'app\n\u001b[2J0' } }),
  refused('a program that is a path out', notFound, {
    config: { entrypoint: ['../../../../../usr/bin/id'] },
    command: [],
  }),
  refused(
    'a program that is the runtime itself',
    notFound,
    { config: { entrypoint: ['/proc/self/exe', '--version'] }, command: [] },
    'CVE-2019-5736',
  ),
  prints(
    'a variable for the machine’s loader',
    ['ran'],
    {
      config: {
        env: {
          LD_PRELOAD: '/evil.so',
          NODE_OPTIONS: '--require /evil.js',
          'A\nB': 'x',
          _OCI_SYNCPIPE: '1',
          _LIBCONTAINER_INITPIPE: '3',
        },
      },
    },
    'CVE-2025-23266',
  ),
  refused('no words at all', failed, { config: { entrypoint: null, command: null }, command: null }),
  prints('a hundred thousand labels', ['ran'], {
    config: { labels: Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`l${index}`, 'x'])) },
  }),
  prints('labels that change how objects behave', ['ran'], {
    config: { labels: JSON.parse('{"__proto__":"x","constructor":"y","toString":"z"}') },
  }),
]

const volumes: Attack[] = ['/proc', '/', '/../../..', '/dev/shm/../..', '/way'].map((path) => ({
  name: `a volume at ${path}`,
  run: async (site) => {
    await site.importImage('trap', [link('way', site.canary.directory)], { volumes: [path] })
    const container = site.run(`ls ${site.canary.directory} 2>/dev/null | wc -l`, {
      image: 'trap',
      imageVolumes: 'anonymous',
    })
    return container.then(
      ({ lines }) => lines.join(),
      (error: { code?: string }) => error.code,
    )
  },
  expect: { contained: expect.stringMatching(/^(0|CONTAINER.START_FAILED|CONTAINER.INVALID)$/) },
}))

describeAttacks('an image', [...roots, ...words, ...volumes])
