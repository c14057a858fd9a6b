import { readFileSync } from 'node:fs'
import { localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import { listen, printed } from '../contracts/contract-kit.ts'
import type { ContainerSpec, ExecSpec } from '../engine.ts'
import { enginePlaces } from '../sandbox/engine-places.ts'
import { hostCgroupVersion } from '../sandbox/host-limits.ts'
import { ociRuntime } from '../sandbox/oci-runtime.ts'
import { isAlive } from '../sandbox/process-life.ts'
import { useEngine } from '../testing/use-engine.ts'

const site = useEngine()

const run = (over: Partial<ContainerSpec> = {}) => site.start('sleep 60', over)
const output = async (id: string, script: string, over: Partial<ExecSpec> = {}) => {
  const exec = await site.engine.containers.exec(id, { command: ['sh', '-c', script], ...over })
  return printed(exec)
}

test('it has the container’s user, directory and environment, or those that were asked for', async () => {
  const { id } = await run({ user: '7:8', workingDirectory: '/tmp', env: { A: 'a' } })
  const script = 'id -u; id -g; pwd; echo $A $B $HOME'
  expect((await output(id, script)).stdout).toBe('7\n8\n/tmp\na /\n')
  const other = await output(id, script, { user: '9', workingDirectory: '/etc', env: { B: 'b', HOME: '/h' } })
  expect(other.stdout).toBe('9\n0\n/etc\na b /h\n')
})

test('a user or a directory that is not there is told', async () => {
  const { id } = await run()
  for (const wrong of [{ user: 'nobody-here' }, { workingDirectory: '/no/such' }, { env: { 'A=B': '' } }]) {
    await expect(output(id, 'true', wrong)).rejects.toMatchObject({ code: 'CONTAINER.EXEC_FAILED' })
  }
})

test('it gains nothing: capabilities, seccomp and namespaces are the container’s', async () => {
  const { id, pid } = await run({
    limits: { memoryBytes: 64 * 1024 * 1024, cpuWeight: 100, cpus: null, pids: 20 },
  })
  const wanted =
    'grep -E "^(Cap(Eff|Bnd|Prm)|Seccomp):" /proc/PID/status; readlink /proc/PID/ns/pid /proc/PID/ns/net /proc/PID/ns/user'
  const [first, own] = [
    await output(id, wanted.replaceAll('PID', '1')),
    await output(id, wanted.replaceAll('PID', 'self')),
  ]
  expect(own.stdout).toContain('Seccomp:\t2')
  expect(own.stdout).toBe(first.stdout)
  const exec = await site.engine.containers.exec(id, { command: ['sleep', '50'] })
  const [process] = (await site.engine.containers.top(id)).filter(({ command }) => command.includes('50'))
  expect(readFileSync(`/proc/${process?.hostPid}/cgroup`, 'utf8')).toBe(
    readFileSync(`/proc/${pid}/cgroup`, 'utf8'),
  )
  expect(Number(readFileSync(`/proc/${process?.hostPid}/oom_score_adj`, 'utf8'))).toBeGreaterThanOrEqual(200)
  await exec.close()
})

test('much output on pipes and on a terminal comes whole, and nobody need read it all', async () => {
  const { id } = await run()
  const script = 'head -c 3000000 /dev/zero | tr "\\0" x'
  expect((await output(id, script)).stdout).toHaveLength(3_000_000)
  const terminal = { columns: 80, rows: 24 }
  expect((await output(id, script, { terminal })).stdout).toHaveLength(3_000_000)
  const unread = await site.engine.containers.exec(id, { command: ['sh', '-c', script] })
  await unread.close()
  expect((await unread.exit).code).toBe(137)
})

test('what it started in its session goes with it', async () => {
  const { id } = await run()
  const exec = await site.engine.containers.exec(id, { command: ['sh', '-c', 'sleep 51 & echo up; wait'] })
  const heard = listen(exec)
  await expect.poll(() => heard.text).toContain('up')
  await exec.close()
  const words = (await site.engine.containers.top(id)).map(({ command }) => command.join(' '))
  expect(words.join('\n')).not.toContain('sleep 51')
})

test('what one that has ended left behind stays when it is closed', async () => {
  const { id } = await run()
  const exec = await site.engine.containers.exec(id, { command: ['sh', '-c', 'sleep 55 >/dev/null 2>&1 &'] })
  await printed(exec)
  expect((await exec.exit).code).toBe(0)
  await exec.close()
  const words = (await site.engine.containers.top(id)).map(({ command }) => command.join(' '))
  expect(words.join('\n')).toContain('sleep 55')
})

test('on a terminal Ctrl-C reaches what is in front', async () => {
  const { id } = await run()
  const exec = await site.engine.containers.exec(id, {
    command: ['sh', '-c', 'trap "echo caught; exit 5" INT; echo up; while true; do sleep 0.1; done'],
    terminal: { columns: 80, rows: 24 },
    openInput: true,
  })
  const heard = listen(exec)
  await expect.poll(() => heard.text).toContain('up')
  exec.input?.write('\u0003')
  await heard.over
  expect(heard.text).toContain('caught')
  expect((await exec.exit).code).toBe(5)
})

test('a closed engine leaves none behind, and a dead one’s are ended by the next', async () => {
  const { id, pid } = await run()
  const exec = await site.engine.containers.exec(id, { command: ['sleep', '52'] })
  listen(exec)
  await site.reopen(async () => {
    const words = [
      ociRuntime(enginePlaces(site.home), hostCgroupVersion()).path,
      '--root',
      `${site.home.run}/runtime`,
      'exec',
      id,
      'sh',
      '-c',
      'sleep 53 & sleep 54',
    ] as const
    const runtime = localRunner.start(
      { argv: [...words] },
      { stdio: ['ignore', 'ignore', 'ignore'], detached: true },
    )
    const commands = async () => (await localRunner.run({ argv: ['ps', '-eo', 'args'] })).stdout
    await expect.poll(commands).toContain('sleep 54')
    expect(await commands()).not.toContain('sleep 52')
    runtime.kill('SIGKILL')
    await runtime.exited
  })
  const words = (await site.engine.containers.top(id)).map(({ command }) => command.join(' '))
  expect(words.join('\n')).not.toMatch(/sleep 5[234]/)
  expect(isAlive(pid ?? 0)).toBe(true)
})

test('a container with a shell on its terminal is found again, and written to', async () => {
  const { id } = await site.start('', { command: ['sh'], terminal: true, openInput: true })
  await site.reopen()
  const joined = await site.engine.containers.attach(id)
  const heard = listen(joined)
  joined.input?.write('echo $((6 * 7)); tty; exit 3\n')
  await heard.over
  expect(heard.text).toMatch(/42\r\n\/dev\/(pts\/0|console)\r\n/)
  expect((await joined.exit).code).toBe(3)
})

test('an input stays open over the engine’s end, and is ended by the next', async () => {
  const { id } = await site.start('cat; echo over', { openInput: true })
  const before = await site.engine.containers.attach(id)
  const first = listen(before)
  before.input?.write('one\n')
  await expect.poll(() => first.text).toBe('one\n')
  await before.close()
  await site.reopen()
  expect((await site.engine.containers.get(id)).state).toBe('running')
  const joined = await site.engine.containers.attach(id)
  joined.input?.end('two\n')
  expect((await printed(joined)).stdout).toBe('two\nover\n')
})

test('a paused container is found paused', async () => {
  const { id } = await run()
  await site.engine.containers.pause(id)
  await site.reopen()
  expect((await site.engine.containers.get(id)).state).toBe('paused')
  expect((await site.engine.containers.resume(id)).state).toBe('running')
})

test('restart policies outlive the engine', async () => {
  const kept = (when: 'always' | 'unless-stopped' | 'on-failure') =>
    run({ restart: { when, mostRestarts: 0 } })
  const [always, unless, failing] = [
    await kept('always'),
    await kept('unless-stopped'),
    await kept('on-failure'),
  ]
  const [stoppedAlways, stoppedUnless] = [await kept('always'), await kept('unless-stopped')]
  for (const { id } of [stoppedAlways, stoppedUnless])
    await site.engine.containers.stop(id, { timeoutMs: 5_000 })
  await site.reopen(async () => {
    for (const { pid } of [always, unless, failing]) process.kill(pid ?? 0, 'SIGKILL')
  })
  const state = async ({ id }: { id: string }) => (await site.engine.containers.get(id)).state
  for (const container of [always, unless, failing, stoppedAlways]) {
    await expect.poll(() => state(container), { timeout: 10_000 }).toBe('running')
  }
  expect(await state(stoppedUnless)).toBe('exited')
})
