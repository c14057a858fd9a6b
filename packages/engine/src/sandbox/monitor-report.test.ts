import { command, localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import { monitorReport } from './monitor-report.ts'

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
