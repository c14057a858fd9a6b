import { access, rm, writeFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { makeBaseArchive } from './base-image.ts'

/** Debian's names: the yardsticks, what loads them, and what makes keys and base images. */
const packages = [
  'docker.io',
  'nginx-light',
  'openssh-server',
  'openssl',
  'wrk',
  'mmdebstrap',
  'catatonit',
  'iproute2',
]
/** Of these, what Debian would start now and at every boot. */
const units = ['docker.service', 'docker.socket', 'containerd.service', 'nginx.service', 'ssh.service']

/** Debian asks this file whether it may start what it installs; 101: no. Source: invoke-rc.d's policy-rc.d interface. */
const policyPath = '/usr/sbin/policy-rc.d'
const policy = '#!/bin/sh\nexit 101\n'

/** Installs what the benches compare with and leaves none of it running; makes the base image. Safe to repeat. */
export async function setup(say: (words: string) => void): Promise<void> {
  const missing = await missingPackages()
  if (missing.length > 0) {
    say(`-----> Installing ${missing.join(' ')}`)
    await installStill(missing)
  }
  say('-----> Making the base image (the first time half a minute)')
  await makeBaseArchive()
}

async function missingPackages(): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const query = command('dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\\n', ...packages)
  const { stdout } = await localRunner.run(query, { okStatuses: [0, 1] })
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return packages.filter((name) => !installed.has(name))
}

async function installStill(missing: readonly string[]): Promise<void> {
  const before = await enabledUnits()
  const hadPolicy = await access(policyPath).then(
    () => true,
    () => false,
  )
  if (!hadPolicy) await writeFile(policyPath, policy, { mode: 0o755 })
  try {
    await apt('update')
    await apt('install', '-y', '--no-install-recommends', ...missing)
  } finally {
    if (!hadPolicy) await rm(policyPath)
  }
  const fresh = (await enabledUnits()).filter((unit) => !before.includes(unit))
  if (fresh.length > 0) await localRunner.run(command('systemctl', 'disable', ...fresh))
}

async function apt(...words: string[]): Promise<void> {
  const aptGet = command('apt-get', '-o', 'DPkg::Lock::Timeout=120', ...words)
  await localRunner.run({ ...aptGet, env: { DEBIAN_FRONTEND: 'noninteractive' } }, { timeoutMs: 600_000 })
}

/** None where systemd does not run. */
async function enabledUnits(): Promise<string[]> {
  if (
    !(await access('/run/systemd/system').then(
      () => true,
      () => false,
    ))
  )
    return []
  const states = await Promise.all(
    units.map(async (unit) => {
      const { stdout } = await localRunner.run(command('systemctl', 'is-enabled', unit), {
        okStatuses: [0, 1, 4],
      })
      return stdout.trim() === 'enabled' ? [unit] : []
    }),
  )
  return states.flat()
}
