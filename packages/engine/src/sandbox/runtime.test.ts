import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { type FakeAnswer, fakeRunner } from '@berth/command/drivers/fake-runner.ts'
import { expect, onTestFinished, test } from 'vitest'
import { enginePlaces } from './engine-places.ts'
import type { HostLimits } from './host-limits.ts'
import { openRuntime } from './runtime.ts'

const restless = { status: 1, stderr: 'level=error msg="unable to freeze"' }

/** The answers of the runtime to `pause`, one after the other; the last one stays. */
function pausing(...answers: FakeAnswer[]) {
  let asked = 0
  const commands = fakeRunner(() => answers[Math.min(asked++, answers.length - 1)] ?? {})
  // Nothing else of a host is asked for.
  const host = { cgroupVersion: 1 } as HostLimits
  const home = mkdtempSync('/tmp/berth-runtime-')
  onTestFinished(() => rmSync(home, { recursive: true }))
  const places = enginePlaces({ home, run: home })
  mkdirSync(places.runtimeRoot)
  return { runtime: openRuntime({ commands, host, places }), count: () => asked }
}

test('a container that cannot be frozen at once is tried again, for a while', async () => {
  const { runtime, count } = pausing(restless, restless, {})
  await runtime.pause('busy')
  expect(count()).toBe(3)

  const never = pausing(restless)
  await expect(never.runtime.pause('busy')).rejects.toMatchObject({ code: 'COMMAND.FAILED' })
  expect(never.count()).toBe(5)
})

test('what else keeps it from standing still is said at once', async () => {
  const { runtime, count } = pausing({ status: 1, stderr: 'container does not exist' })
  await expect(runtime.pause('gone')).rejects.toMatchObject({ code: 'COMMAND.FAILED' })
  expect(count()).toBe(1)
})
