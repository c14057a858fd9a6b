import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type CommandRunner, command } from '@berth/command'
import { isBerthError } from '@berth/domain'
import { routeError } from '../../errors.ts'
import type { RouteTable } from '../../front-door.ts'
import {
  type ConfigurationOptions,
  configurationIdentity,
  haproxyConfiguration,
} from '../../haproxy-configuration.ts'
import { haproxyMaps, mapNames, mapText } from '../../haproxy-maps.ts'
import { pages } from '../../pages.ts'

/**
 * The table on disk: what HAProxy comes up with. Configuration, maps and pages lie in one directory, and the link
 * `current` leads to it, so that they are put in place together or not at all, whenever the power fails.
 */
export const configurationFile = 'haproxy.cfg'
export const tableFile = 'table.json'

export function currentDirectory(directory: string): string {
  return join(directory, 'current')
}

/**
 * Writes nothing where the same is there. HAProxy is asked for its opinion only where more than servers and map
 * entries differ from what it has accepted before.
 * @throws ROUTE.CONFIGURATION_REFUSED; then nothing is put in place
 */
export async function putInPlace(
  place: { directory: string; runner: CommandRunner },
  table: RouteTable,
  options: ConfigurationOptions,
): Promise<void> {
  await mkdir(join(place.directory, 'empty'), { recursive: true, mode: 0o755 })
  const text = haproxyConfiguration(table, options)
  const files = { ...tableFiles(table), [configurationFile]: text }
  if (await isInPlace(place.directory, files)) return
  const accepted = await readIfThere(join(currentDirectory(place.directory), configurationFile))
  const fresh = await mkdtemp(join(place.directory, 'table-'))
  try {
    await writeAll(fresh, files)
    if (!accepted?.includes(configurationIdentity(table, options))) await check(place.runner, fresh)
    await pointTo(place.directory, fresh)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    throw error
  }
}

function tableFiles(table: RouteTable): Record<string, string> {
  const maps = haproxyMaps(table)
  const mapFiles = mapNames.map((name) => [name, mapText(maps[name])])
  return { ...Object.fromEntries(mapFiles), [tableFile]: JSON.stringify(table) }
}

async function isInPlace(directory: string, files: Record<string, string>): Promise<boolean> {
  const there = await Promise.all(
    Object.keys(files).map((name) => readIfThere(join(currentDirectory(directory), name))),
  )
  return Object.values(files).every((text, index) => there[index] === text)
}

async function writeAll(directory: string, files: Record<string, string>): Promise<void> {
  await mkdir(join(directory, 'pages'))
  await Promise.all([
    ...Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)),
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
