import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Command } from '../command.ts'
import { runnerContract } from '../runner-contract.ts'
import { Secret } from '../secret.ts'
import { localRunner } from './local-runner.ts'

const script = (text: string, ...args: string[]): Command => ({ argv: ['sh', '-c', text, 'sh', ...args] })

runnerContract('the local runner', {
  runner: localRunner,
  ending: (status) => script('printf out; printf err >&2; exit "$1"', String(status)),
})

async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('words reach the program as they are', async () => {
  const words = ['a b', '$(touch /tmp/x)', "'", '"', '*', '', 'ü\n']
  const { stdout } = await localRunner.run(script('printf "%s|" "$@"', ...words))
  expect(stdout).toBe(`${words.join('|')}|`)
})

test('input is given, also a large one, also to who does not read it', async () => {
  const input = 'x'.repeat(1_000_000)
  expect((await localRunner.run({ argv: ['wc', '-c'] }, { input })).stdout.trim()).toBe('1000000')
  expect((await localRunner.run({ argv: ['true'] }, { input })).status).toBe(0)
})

test('nothing is inherited but PATH; a secret is given in the clear', async () => {
  process.env.BERTH_LEAK = 'leaked'
  const { stdout } = await localRunner.run({ argv: ['env'], env: { TOKEN: new Secret('hunter2') } })
  delete process.env.BERTH_LEAK
  const names = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0])
    .sort()
  expect(names).toEqual(['HOME', 'LANG', 'PATH', 'TOKEN'])
  expect(stdout).toContain('TOKEN=hunter2')
})

test('a program that is not there has an error of its own', async () => {
  const missing: Command = { argv: ['berth-no-such-program'] }
  await expect(localRunner.run(missing, { input: 'x' })).rejects.toMatchObject({ code: 'COMMAND.NOT_FOUND' })
  expect(await localRunner.start(missing).exited).toEqual({ status: 127, signal: null })
})

test('one that itself ends with 127 has failed', async () => {
  await expect(localRunner.run(script('exit 127'))).rejects.toMatchObject({ code: 'COMMAND.FAILED' })
})

test.each([
  ['ends by the signal', 'exec sleep 60'],
  ['makes an orderly end of it', `trap 'kill $!; exit 0' TERM; sleep 60 & wait`],
  ['does not listen', 'trap "" TERM; exec sleep 60'],
])('after its time one that %s is gone', async (_how, text) => {
  const before = Date.now()
  const timedOut = expect.objectContaining({ code: 'COMMAND.TIMED_OUT' })
  await expect(localRunner.run(script(text), { timeoutMs: 100 })).rejects.toEqual(timedOut)
  expect(Date.now() - before).toBeLessThan(5_000)
})

test('a child of it that keeps the pipes open does not hold the caller up', async () => {
  const directory = await mkdtemp('/tmp/berth-command-')
  const before = Date.now()
  const orphan = script('sleep 60 & echo $! >"$1"; exec sleep 60', `${directory}/pid`)
  await expect(localRunner.run(orphan, { timeoutMs: 200 })).rejects.toMatchObject({
    code: 'COMMAND.TIMED_OUT',
  })
  expect(Date.now() - before).toBeLessThan(5_000)
  process.kill(Number(await readFile(`${directory}/pid`, 'utf8')), 'SIGKILL')
  await rm(directory, { recursive: true })
})

test('too much output ends it', async () => {
  await expect(localRunner.run({ argv: ['yes'] }, { maxOutputBytes: 10_000 })).rejects.toMatchObject({
    code: 'COMMAND.TOO_MUCH_OUTPUT',
  })
})

test('an aborted signal kills it, and is the reason that is thrown', async () => {
  const stop = new AbortController()
  const running = localRunner.run({ argv: ['sleep', '60'] }, { signal: stop.signal })
  stop.abort(new Error('not needed any more'))
  await expect(running).rejects.toThrow('not needed any more')
  await expect(localRunner.run({ argv: ['true'] }, { signal: stop.signal })).rejects.toThrow('not needed')
})

test('an aborted signal kills a started one; it tells the signal', async () => {
  const stop = new AbortController()
  const running = localRunner.start({ argv: ['sleep', '60'] }, { signal: stop.signal })
  stop.abort()
  expect(await running.exited).toEqual({ status: null, signal: 'SIGTERM' })
  expect(await isRunning(running.pid as number)).toBe(false)
})

test('a signal that is aborted after the end does nothing', async () => {
  const stop = new AbortController()
  const running = localRunner.start({ argv: ['true'] }, { signal: stop.signal })
  expect(await running.exited).toEqual({ status: 0, signal: null })
  stop.abort()
  await sleep(10)
})

test('more descriptors are pipes where they are asked for', async () => {
  const running = localRunner.start(script('cat <&3 >&4'), {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  const [to, from] = [running.pipe(3), running.pipe(4)] as [NodeJS.WritableStream, NodeJS.ReadableStream]
  to.end('through')
  const chunks: Buffer[] = []
  for await (const chunk of from) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).toString()).toBe('through')
  expect((await running.exited).status).toBe(0)
  expect(running.pipe(9)).toBe(null)
})

test.runIf(process.getuid?.() === 0)('root runs it as another user, without root’s groups', async () => {
  const { stdout } = await localRunner.run({ argv: ['id', '-G'], user: { uid: 65_534, gid: 65_534 } })
  expect(stdout.trim()).toBe('65534')
})

test('a detached one leads a session of its own', async () => {
  const running = localRunner.start(script('read -r word'), { detached: true })
  const { stdout } = await localRunner.run({ argv: ['ps', '-o', 'sid=', '-p', String(running.pid)] })
  expect(stdout.trim()).toBe(String(running.pid))
  running.stdin?.end('over\n')
  expect((await running.exited).status).toBe(0)
})
