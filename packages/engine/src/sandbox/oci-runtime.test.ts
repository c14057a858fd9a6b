import { expect, test } from 'vitest'
import { ociRuntime } from './oci-runtime.ts'

const having =
  (...names: string[]) =>
  (name: string) =>
    names.includes(name) ? `/usr/bin/${name}` : undefined

test('crun makes containers where it is installed and cgroups are v2', () => {
  expect(ociRuntime(2, having('crun', 'runc'))).toEqual({ kind: 'crun', path: '/usr/bin/crun' })
})

test('runc does where crun is not, or would refuse to', () => {
  const runc = { kind: 'runc', path: '/usr/bin/runc' }
  expect(ociRuntime(2, having('runc'))).toEqual(runc)
  expect(ociRuntime(1, having('crun', 'runc'))).toEqual(runc)
})

test('a machine with neither is told so', () => {
  expect(() => ociRuntime(1, having('crun'))).toThrow(
    expect.objectContaining({ code: 'CONTAINER.HOST_UNFIT' }),
  )
})
