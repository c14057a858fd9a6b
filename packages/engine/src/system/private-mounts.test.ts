import { execPath } from 'node:process'
import { localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import { assertPrivateMounts } from './private-mounts.ts'

test('a mount namespace of its own is what the tests run in', () => {
  expect(assertPrivateMounts).not.toThrow()
})

test('in the machine’s own mount namespace the engine does not open', async () => {
  const module = new URL('./private-mounts.ts', import.meta.url)
  const script = `const { assertPrivateMounts } = await import('${module}')
    try { assertPrivateMounts() } catch (error) { console.log(error.code) }`
  const { stdout } = await localRunner.run({
    argv: ['nsenter', '--mount=/proc/1/ns/mnt', '--', execPath, '--input-type=module', '--eval', script],
  })
  expect(stdout.trim()).toBe('SYSTEM.MOUNTS_NOT_PRIVATE')
})
