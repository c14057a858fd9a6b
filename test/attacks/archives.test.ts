import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { makeTar, type TarPart } from '@berth/engine/archive/make-tar.ts'
import { expect } from 'vitest'
import { type Attack, attacksBy, describeAttacks } from './attack.ts'
import type { AttackSite } from './attack-site.ts'

/** Archives of file systems and of images, imported and unpacked by ADD. */
type Parts = (site: AttackSite) => TarPart[]
type Script = (site: AttackSite) => string

const { refused } = attacksBy((site, parts: Parts) => site.importImage('trap', parts(site)))

/** What `script` prints in a container of the image. */
const { contained } = attacksBy(async (site, { parts, script }: { parts: Parts; script: Script }) => {
  await site.importImage('trap', parts(site))
  return (await site.run(`(${script(site)}) 2>/dev/null`, { image: 'trap' })).lines
})
const holds = (
  { name, cve, script, prints }: { name: string; cve?: string; script: Script; prints: unknown },
  parts: Parts,
) => contained(name, prints, { parts, script }, cve)

const up = '../../../../../../..'
const planted = { content: 'planted', type: '0' }
const link = (path: string, linkTarget: string): TarPart => ({ path, type: '2', linkTarget })
const hard = (path: string, linkTarget: string): TarPart => ({ path, type: '1', linkTarget })

const paths: Attack[] = [
  refused('a path that climbs out', 'ARCHIVE.UNSAFE_PATH', ({ canary }) => [
    { path: `${up}${canary.directory}/planted`, ...planted },
  ]),
  refused(
    'an extended header that says another path',
    'ARCHIVE.UNSAFE_PATH',
    ({ canary }) => [
      { path: 'harmless', ...planted, pax: { path: `a/../${up}${canary.directory}/planted` } },
    ],
    'CVE-2026-24842',
  ),
  refused('a NUL in an extended path', 'ARCHIVE.INVALID', ({ canary }) => [
    { path: 'harmless', ...planted, pax: { path: `a\0${canary.directory}/planted` } },
  ]),
  holds(
    {
      name: 'an absolute path',
      script: ({ canary }) => `cat ${canary.directory}/planted`,
      prints: ['planted'],
    },
    ({ canary }) => [{ path: `${canary.directory}/planted`, ...planted }],
  ),
  holds(
    {
      name: 'a file through a link to the machine',
      cve: 'CVE-2025-48387',
      script: ({ canary }) => `cat ${canary.directory}/planted`,
      prints: ['planted'],
    },
    ({ canary }) => [link('way', canary.directory), { path: 'way/planted', ...planted }],
  ),
  holds(
    {
      name: 'a file through a link that climbs out',
      cve: 'CVE-2025-59343',
      script: ({ canary }) => `cat ${canary.directory}/planted`,
      prints: ['planted'],
    },
    ({ canary }) => [link('a/way', `${up}${canary.directory}`), { path: 'a/way/planted', ...planted }],
  ),
  holds(
    {
      name: 'a file over a link to the machine',
      script: () => 'cat /secret; readlink /secret',
      prints: ['planted'],
    },
    ({ canary }) => [link('secret', canary.secretPath), { path: 'secret', ...planted }],
  ),
  holds(
    {
      name: 'a directory that becomes a link before its file comes',
      cve: 'CVE-2026-23745',
      script: ({ canary }) => `cat ${canary.directory}/planted`,
      prints: ['planted'],
    },
    ({ canary }) => [
      { path: 'd', type: '5', mode: 0o755 },
      link('d', canary.directory),
      { path: 'd/planted', ...planted },
    ],
  ),
  holds(
    {
      name: 'a link that takes the mode and owner of the machine’s file',
      script: () => 'stat -c %u /secret',
      prints: ['1000'],
    },
    ({ canary }) => [{ ...link('secret', canary.secretPath), mode: 0o777, uid: 1000 }],
  ),
]

const hardLinks: Attack[] = [
  refused(
    'a hard link to a file of the machine',
    'ARCHIVE.INVALID',
    ({ canary }) => [hard('taken', canary.secretPath)],
    'CVE-2026-26960',
  ),
  refused('a hard link that climbs out', 'ARCHIVE.UNSAFE_PATH', ({ canary }) => [
    hard('taken', `${up}${canary.secretPath}`),
  ]),
  refused(
    'a hard link through a link to the machine',
    'ARCHIVE.INVALID',
    ({ canary }) => [link('way', canary.directory), hard('taken', 'way/secret')],
    'CVE-2026-23745',
  ),
  refused('a hard link by extended header', 'ARCHIVE.UNSAFE_PATH', ({ canary }) => [
    { ...hard('taken', 'etc/passwd'), pax: { linkpath: `${up}${canary.secretPath}` } },
  ]),
]

const kinds: Attack[] = [
  holds({ name: 'devices', script: () => 'ls /disk /mem || echo none', prints: ['none'] }, () => [
    { path: 'disk', type: '4' },
    { path: 'mem', type: '3' },
  ]),
  holds(
    { name: 'a deletion behind a link to the machine', script: () => 'ls -d /way', prints: ['/way'] },
    ({ canary }) => [link('way', canary.directory), { path: 'way/.wh.secret' }, { path: 'way/.wh..wh..opq' }],
  ),
  holds(
    {
      name: 'deletions of the root and of what is above a directory',
      script: () => 'head -1 /etc/passwd; ls -a /a',
      prints: ['root:x:0:0:root:/root:/bin/sh', '.', '..', 'kept'],
    },
    () => [
      { path: 'a/kept' },
      { path: 'a/.wh...' },
      { path: 'a/.wh..' },
      { path: '.wh..' },
      { path: '.wh...' },
    ],
  ),
  holds(
    {
      name: 'attributes that only the kernel’s own mounts may have',
      script: () => 'ls /etc/passwd',
      prints: ['/etc/passwd'],
    },
    () => [
      {
        path: 'etc',
        type: '5',
        mode: 0o755,
        pax: {
          'SCHILY.xattr.trusted.overlay.opaque': 'y',
          'SCHILY.xattr.trusted.overlay.redirect': '/../../etc',
        },
      },
    ],
  ),
  holds(
    {
      name: 'a set-uid program of an id beyond the range',
      script: () => 'stat -c %u /suid',
      prints: ['65534'],
    },
    () => [{ path: 'suid', mode: 0o4755, uid: 2_000_000, content: 'x' }],
  ),
]

/** ADD unpacks it: a step of a build, not an import. */
const added = attacksBy(async (site, archive: (site: AttackSite) => Buffer) => {
  const Dockerfile = 'FROM small\nADD a.tar /\nRUN find / -xdev -name planted | wc -l'
  return (await site.build({ Dockerfile, 'a.tar': archive(site) })).lines
})

const sizes: Attack[] = [
  refused('a size that is not there', 'ARCHIVE.INVALID', () => [
    { path: 'a', content: 'x', sizeBytes: 1_000_000 },
  ]),
  refused('a size of exabytes by extended header', 'ARCHIVE.INVALID', () => [
    { path: 'a', content: 'x', pax: { size: String(2 ** 60) } },
  ]),
  refused('an extended header of gigabytes', 'ARCHIVE.TOO_LARGE', () => [
    { path: 'PaxHeaders/x', type: 'x', sizeBytes: 8 * 1024 ** 3 - 1 },
  ]),
  {
    name: 'directories in directories without end',
    run: (site) =>
      site.codeOf(site.importImage('trap', [{ path: 'x', pax: { path: `${'d/'.repeat(20_000)}f` } }])),
    expect: { contained: expect.stringMatching(/^ARCHIVE\./) },
  },
  added.refused('ADD of a bomb of zeros', 'BUILD.OVER_DISK_LIMIT', () =>
    gzipSync(makeTar([{ path: 'zeros', content: Buffer.alloc(600 * 1024 ** 2) }]), { level: 1 }),
  ),
  added.refused('ADD of an archive that climbs out', 'BUILD.ARCHIVE_INVALID', ({ canary }) =>
    makeTar([{ path: `${up}${canary.directory}/planted`, ...planted }]),
  ),
  added.contained('ADD of an archive with a link to the machine', ['1'], ({ canary }) =>
    makeTar([link('way', canary.directory), { path: 'way/planted', ...planted }]),
  ),
]

/** What `docker save` would have written, and did not. */
const { refused: refusedImage } = attacksBy((site, parts: Parts) => {
  const path = `${site.home.home}/saved.tar`
  writeFileSync(path, makeTar(parts(site)))
  return site.engine.images.importArchive(path)
})
const saved = (name: string, code: string, parts: Parts) => refusedImage(`a saved image ${name}`, code, parts)
const manifest = (Config: string, Layers: string[]): TarPart => ({
  path: 'manifest.json',
  content: JSON.stringify([{ Config, RepoTags: ['x:1'], Layers }]),
})

const images: Attack[] = [
  saved('whose layer is a file of the machine', 'IMAGE.INVALID_ARCHIVE', ({ canary }) => [
    manifest('c.json', [`${up}${canary.secretPath}`]),
    { path: 'c.json', content: JSON.stringify({ rootfs: { diff_ids: [`sha256:${'a'.repeat(64)}`] } }) },
  ]),
  saved('whose configuration is a link to the machine', 'IMAGE.INVALID_ARCHIVE', ({ canary }) => [
    manifest('c.json', []),
    link('c.json', canary.secretPath),
  ]),
  saved('whose layer is a link to the machine', 'IMAGE.INVALID_ARCHIVE', ({ canary }) => [
    manifest('c.json', ['l.tar']),
    link('l.tar', canary.secretPath),
    { path: 'c.json', content: JSON.stringify({ rootfs: { diff_ids: [`sha256:${'a'.repeat(64)}`] } }) },
  ]),
  saved('whose manifest is a list in a list without end', 'IMAGE.INVALID_ARCHIVE', () => [
    { path: 'manifest.json', content: '['.repeat(200_000) },
  ]),
  saved('whose digest is a path', 'IMAGE.INVALID_ARCHIVE', ({ canary }) => [
    { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    {
      path: 'index.json',
      content: JSON.stringify({
        schemaVersion: 2,
        manifests: [
          {
            mediaType: 'application/vnd.oci.image.manifest.v1+json',
            digest: `sha256:${up}${canary.secretPath}`,
            size: 10,
          },
        ],
      }),
    },
  ]),
]

describeAttacks('an archive', [...paths, ...hardLinks, ...kinds, ...sizes, ...images])
