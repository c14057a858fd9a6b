import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EnginePlaces, enginePlaces } from './engine-places.ts'
import { ociRuntime } from './oci-runtime.ts'

const crun = { kind: 'crun', path: '/usr/bin/crun' }
const runc = { kind: 'runc', path: '/usr/bin/runc' }
let home: string
let places: EnginePlaces

beforeEach(() => {
  home = mkdtempSync('/tmp/berth-runtime-')
  places = enginePlaces({ home, run: home })
  mkdirSync(places.runtimeRoot)
})
afterEach(() => rmSync(home, { recursive: true }))

const having =
  (...names: string[]) =>
  (name: string) =>
    names.includes(name) ? `/usr/bin/${name}` : undefined

test('crun makes containers where it is installed and cgroups are v2', () => {
  expect(ociRuntime(places, 2, having('crun', 'runc'))).toEqual(crun)
})

test('runc does where crun is not installed', () => {
  expect(ociRuntime(places, 2, having('runc'))).toEqual(runc)
})

test('runc does where crun would refuse to', () => {
  expect(ociRuntime(places, 1, having('crun', 'runc'))).toEqual(runc)
})

test('a crun that is installed later does not get what runc has made', () => {
  ociRuntime(places, 2, having('runc'))
  expect(ociRuntime(places, 2, having('crun', 'runc'))).toEqual(runc)
})

test('nor does it where nothing is said of what was made', () => {
  mkdirSync(`${places.runtimeRoot}/container`)
  expect(ociRuntime(places, 2, having('crun', 'runc'))).toEqual(runc)
})

test('a word that a crash has cut off is none', () => {
  writeFileSync(places.runtimeKind, '')
  expect(ociRuntime(places, 2, having('crun', 'runc'))).toEqual(crun)
})

test('a machine without it is told so', () => {
  const unfit = expect.objectContaining({ code: 'CONTAINER.HOST_UNFIT' })
  expect(() => ociRuntime(places, 1, having('crun'))).toThrow(unfit)
  ociRuntime(places, 2, having('crun'))
  expect(() => ociRuntime(places, 2, having('runc'))).toThrow(unfit)
})
