import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { localRunner } from '@berth/command'
import { expect } from 'vitest'
import type { Engine } from '../engine.ts'
import { enginePlaces } from '../sandbox/engine-places.ts'
import { isAlive } from '../sandbox/process-life.ts'
import { mountsUnder } from '../system/mount-table.ts'
import type { EngineHome } from '../testing/engine-home.ts'
import { findCgroups } from '../testing/find-cgroups.ts'
import { doomedPort } from './operations.ts'

/** An engine that was just opened after a crash: nothing is there but what its containers that run need, and whole images. */
export async function expectNoLeak(engine: Engine, home: EngineHome): Promise<void> {
  const containers = await engine.containers.list()
  const running = containers.filter(({ state }) => state === 'running')
  for (const { pid, address } of running) expect(isAlive(pid ?? 0) && address !== null).toBe(true)
  const ids = running.map(({ id }) => id).toSorted()

  expect(await monitored(home)).toEqual(ids)
  expect(readdirSync(`${home.run}/runtime`).toSorted()).toEqual(ids)
  expect(await cgroupsOf(home)).toEqual(ids)
  expect(await linksOf(home)).toEqual(linksFor(running))
  expect(await forwarders(home)).toBe(running.filter(({ ports }) => ports !== undefined).length)
  expectDirectories(home, ids)
  expect(readdirSync(`${home.home}/containers`).toSorted()).toEqual(containers.map(({ id }) => id).toSorted())
  await expectWholeImages(engine, home)
}

const print = async (...argv: [string, ...string[]]) => (await localRunner.run({ argv })).stdout

/** Whose monitors live: a process that names the home is one, or it is a leak. */
async function monitored({ home }: EngineHome): Promise<string[]> {
  const lines = (await print('ps', '-eo', 'args')).split('\n').filter((line) => line.includes(home))
  return lines.map((line) => / --cid (\S+) /.exec(line)?.[1] ?? line).toSorted()
}

async function cgroupsOf(home: EngineHome): Promise<string[]> {
  const found = await findCgroups(`${enginePlaces(home).cgroupParent}/*`)
  return [...new Set(found.map((path) => basename(path)))].toSorted()
}

async function linksOf(home: EngineHome): Promise<{ bridges: number; cables: number }> {
  const { bridgePrefix, vethPrefix } = enginePlaces(home)
  const names = (await print('ip', '-brief', 'link')).split('\n')
  const count = (prefix: string) => names.filter((name) => name.startsWith(prefix)).length
  return { bridges: count(bridgePrefix), cables: count(vethPrefix) }
}

function linksFor(running: readonly { group: string }[]): { bridges: number; cables: number } {
  return { bridges: new Set(running.map(({ group }) => group)).size, cables: running.length }
}

async function forwarders(home: EngineHome): Promise<number> {
  const lines = (await print('ps', '-eo', 'args')).split('\n')
  return lines.filter((line) => line.startsWith('socat') && line.endsWith(`:${doomedPort(home)}`)).length
}

function expectDirectories({ home, run }: EngineHome, ids: readonly string[]): void {
  const own = readdirSync(`${home}/scratch`).filter((name) => !name.endsWith('.lock'))
  expect(own).toHaveLength(1)
  expect(readdirSync(`${home}/scratch/${own[0]}`)).toEqual([])
  expect(mountsUnder(home).filter((point) => !point.startsWith(`${run}/r/${own[0]}/`))).toEqual([])
  expect(readdirSync(`${run}/steps`)).toEqual([])
  expect(readdirSync(`${run}/execs`)).toEqual([])
  expect(readdirSync(`${run}/exits`)).toEqual([])
  expect(readdirSync(`${run}/sockets`).filter((name) => !ids.includes(name))).toEqual([])
  expect(readdirSync(`${home}/volumes`).filter((name) => name.startsWith('.'))).toEqual([])
}

/** Every image that is shown is complete, and its layers are neither half made nor half gone. */
async function expectWholeImages({ images }: Engine, { home }: EngineHome): Promise<void> {
  const records = readdirSync(`${home}/layer-records`)
  for (const layer of readdirSync(`${home}/layers`)) expect(records).toContain(`${layer}.json`)
  for (const { digest, names } of await images.list()) {
    expect(await images.find(digest)).toMatchObject({ digest })
    for (const name of names) expect(await images.find(name)).toMatchObject({ digest })
  }
}
