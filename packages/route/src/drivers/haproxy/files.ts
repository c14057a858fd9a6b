import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type CommandRunner, command } from '@berth/command'
import { isBerthError } from '@berth/domain'
import { certificateDirectory, certificateList, certificateListFile } from '../../certificate-name.ts'
import { routeError } from '../../errors.ts'
import type { RouteTable } from '../../front-door.ts'
import {
  type ConfigurationOptions,
  configurationIdentity,
  haproxyConfiguration,
} from '../../haproxy-configuration.ts'
import { haproxyMaps, mapText } from '../../haproxy-maps.ts'
import { ownPages } from '../../haproxy-route.ts'
import { pages } from '../../pages.ts'
import { removeOtherCertificates, writeCertificates } from './certificate-files.ts'

/**
 * The table on disk: what HAProxy comes up with. Configuration, maps and pages lie in one directory, and the link
 * `current` leads to it, so that a new set of routes is put in place as a whole or not at all.
 */
export const configurationFile = 'haproxy.cfg'
export const tableFile = 'table.json'

export function currentDirectory(directory: string): string {
  return join(directory, 'current')
}

/**
 * Writes what differs from what is there, and returns the configuration's identity. Where only servers and map entries
 * differ, each file is replaced by itself: whichever of them a HAProxy finds that is started meanwhile, they fit
 * together. Else HAProxy is asked for its opinion of the whole.
 * @throws ROUTE.CONFIGURATION_REFUSED; then nothing is put in place
 */
export async function putInPlace(
  place: { directory: string; runner: CommandRunner },
  table: RouteTable,
  options: ConfigurationOptions,
): Promise<string> {
  const identity = configurationIdentity(table, options)
  const files = {
    ...tableFiles(table, options),
    [configurationFile]: haproxyConfiguration(table, options, identity),
  }
  const current = currentDirectory(place.directory)
  const accepted = await readIfThere(join(current, configurationFile))
  if (accepted?.includes(identity)) await replaceEach(current, table, files)
  else await replaceAll(place, table, files)
  return identity
}

/** As `putInPlace`, but trusts nothing that is there: a power failure may have left any file empty. */
export async function putAllInPlace(
  place: { directory: string; runner: CommandRunner },
  table: RouteTable,
  options: ConfigurationOptions,
): Promise<void> {
  const text = haproxyConfiguration(table, options)
  await replaceAll(place, table, { ...tableFiles(table, options), [configurationFile]: text })
}

/** The list of certificates never names one that is not there: they come before it, and go after it. */
async function replaceEach(current: string, table: RouteTable, files: Record<string, string>): Promise<void> {
  const directory = join(current, certificateDirectory)
  await writeCertificates(directory, table.certificates ?? [])
  for (const [name, text] of Object.entries(files)) {
    const path = join(current, name)
    if ((await readIfThere(path)) === text) continue
    await writeFile(`${path}.next`, text, { mode: 0o600 })
    await rename(`${path}.next`, path)
  }
  await removeOtherCertificates(directory, table.certificates ?? [])
}

async function replaceAll(
  place: { directory: string; runner: CommandRunner },
  table: RouteTable,
  files: Record<string, string>,
): Promise<void> {
  await mkdir(join(place.directory, 'jail'), { recursive: true, mode: 0o755 })
  const fresh = await mkdtemp(join(place.directory, 'table-'))
  try {
    await writeAll(fresh, table, files)
    await check(place.runner, fresh)
    await pointTo(place.directory, fresh)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    throw error
  }
}

/** Of a certificate the table's file has all but the key: `Secret` prints none. */
function tableFiles(table: RouteTable, { tls }: ConfigurationOptions): Record<string, string> {
  const maps = haproxyMaps(table, { tls: tls !== null })
  const mapFiles = Object.entries(maps).map(([name, entries]) => [name, mapText(entries)])
  return {
    ...Object.fromEntries(mapFiles),
    [certificateListFile]: certificateList(table.certificates ?? []),
    [tableFile]: JSON.stringify(table),
  }
}

async function writeAll(directory: string, table: RouteTable, files: Record<string, string>): Promise<void> {
  await mkdir(join(directory, 'pages'))
  await mkdir(join(directory, certificateDirectory), { mode: 0o700 })
  await Promise.all([
    writeCertificates(join(directory, certificateDirectory), table.certificates ?? []),
    ...Object.entries(ownPages(table)).map(([name, html]) => writeFile(join(directory, 'pages', name), html)),
    ...Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text, { mode: 0o600 })),
    ...pages.map((page) => writeFile(join(directory, 'pages', `${page.name}.html`), page.html)),
  ])
}

async function check(runner: CommandRunner, directory: string): Promise<void> {
  const file = join(directory, configurationFile)
  try {
    await runner.run(command('haproxy', '-c', '-f', file), { timeoutMs: 30_000 })
  } catch (error) {
    if (!isBerthError(error, 'COMMAND.FAILED')) throw error
    const words = error.message.replaceAll(directory, '')
    throw routeError['ROUTE.CONFIGURATION_REFUSED']({ words }, { cause: error })
  }
}

/** The directory before stays as well: a HAProxy that starts right now may be reading it. Others go. */
async function pointTo(directory: string, fresh: string): Promise<void> {
  const link = currentDirectory(directory)
  const before = await linkTarget(link)
  const next = `${link}.next`
  await rm(next, { force: true })
  await symlink(basename(fresh), next)
  await rename(next, link)
  const keep = new Set([basename(fresh), before])
  const leftovers = (await readdir(directory)).filter((name) => name.startsWith('table-') && !keep.has(name))
  await Promise.all(leftovers.map((name) => rm(join(directory, name), { recursive: true, force: true })))
}

async function linkTarget(link: string): Promise<string | null> {
  try {
    return await readlink(link)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Null where there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
