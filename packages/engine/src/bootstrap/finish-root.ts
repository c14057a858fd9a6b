import { chmod, rm, writeFile } from 'node:fs/promises'

/**
 * Makes a fresh root what the registries' Debian images are: nothing of this machine in it, nothing that starts daemons
 * while a build installs packages, and no file of apt's that would end in a layer. The root comes from the distribution's
 * own packages, so its links are taken as they are.
 * Source: github.com/debuerreotype/debuerreotype, scripts/debuerreotype-minimizing-config.
 */
export async function finishRoot(root: string): Promise<void> {
  for (const path of leftovers) await rm(`${root}/${path}`, { recursive: true, force: true })
  for (const { path, mode, content } of files) {
    await writeFile(`${root}/${path}`, content)
    await chmod(`${root}/${path}`, mode)
  }
}

/** mmdebstrap copies the first two from the machine it runs on; the others are caches. */
const leftovers = [
  'etc/hostname',
  'etc/resolv.conf',
  'var/cache/apt/pkgcache.bin',
  'var/cache/apt/srcpkgcache.bin',
  'var/cache/ldconfig/aux-cache',
  'var/log/apt',
  'var/log/dpkg.log',
  'var/log/alternatives.log',
  'var/log/bootstrap.log',
  'var/lib/apt/lists/lock',
]

const files = [
  {
    path: 'usr/sbin/policy-rc.d',
    mode: 0o755,
    content: ['#!/bin/sh', '# 101: the action is not allowed.', 'exit 101', ''].join('\n'),
  },
  {
    path: 'etc/apt/apt.conf.d/container-image',
    mode: 0o644,
    content: [
      '// A layer would keep for ever what apt keeps for later.',
      'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb || true"; };',
      'Dir::Cache::pkgcache "";',
      'Dir::Cache::srcpkgcache "";',
      'Acquire::GzipIndexes "true";',
      'Apt::AutoRemove::SuggestsImportant "false";',
      '',
    ].join('\n'),
  },
]
