import { mkdtemp, rm } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import { monitorPid, monitorReport } from './monitor-report.ts'

const monitor = (script: string) =>
  localRunner.start(command('sh', '-c', script), { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })

test('what the monitor says is the process, or why there is none', async () => {
  expect(await monitorReport(monitor(`printf '{"data": 7}\\n' >&3`))).toEqual({ data: 7 })
  const refused = monitor(`printf '{"data": -1, "message": "no such file"}\\n' >&3`)
  expect(await monitorReport(refused)).toEqual({ data: -1, message: 'no such file' })
  expect(await monitorReport(monitor('exit 1'))).toEqual({ data: -1 })
})

test('one that says nothing in time is ended, and its caller told', async () => {
  const silent = monitor('exec sleep 600')
  await expect(monitorReport(silent, 50)).rejects.toMatchObject({ code: 'CONTAINER.START_FAILED' })
  expect(await silent.exited).toMatchObject({ signal: 'SIGKILL' })
})

test('the monitor that stays is known, although its id was written after the report', async () => {
  const directory = await mkdtemp('/tmp/berth-monitor-')
  try {
    const path = `${directory}/conmon.pid`
    const slow = monitor(`printf '{"data": 7}\\n' >&3; sleep 0.2; printf 42 > ${path}`)
    await monitorReport(slow)
    expect(await monitorPid(slow, path)).toBe(42)
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('a monitor whose id is never written is not waited for forever', async () => {
  const hangs = monitor(`printf '{"data": 7}\\n' >&3; exec sleep 600`)
  await monitorReport(hangs)
  await expect(monitorPid(hangs, '/nowhere', 50)).rejects.toMatchObject({ code: 'CONTAINER.START_FAILED' })
  hangs.kill('SIGKILL')
})
