import { expect, test } from 'vitest'
import { type ContractKit, listen, printed } from './contract-kit.ts'

/** What every engine promises about further processes in a container. */
export function execContract({ containers, run, spec }: ContractKit): void {
  const sh = (script: string) => ['sh', '-c', script]

  test('a further process prints, by stream, with its own environment, and ends with its code', async () => {
    const { id } = await run('sleep 60', { env: { NAME: 'own', KEPT: 'kept' } })
    const exec = await containers().exec(id, {
      command: sh('echo $NAME $KEPT; echo trouble >&2; exit 3'),
      env: { NAME: 'given' },
    })
    expect(exec.input).toBeNull()
    expect(await printed(exec)).toEqual({ stdout: 'given kept\n', stderr: 'trouble\n' })
    expect(await exec.exit).toEqual({ code: 3, signal: null })
    expect((await containers().get(id)).state).toBe('running')
  })

  test('it reads what is written to it, until that ends', async () => {
    const { id } = await run('sleep 60')
    const exec = await containers().exec(id, { command: sh('cat; echo over'), openInput: true })
    exec.input?.write('one\n')
    exec.input?.end('two\n')
    expect((await printed(exec)).stdout).toBe('one\ntwo\nover\n')
    expect((await exec.exit).code).toBe(0)
  })

  test('on a terminal everything is its output, and its size is what it was told last', async () => {
    const { id } = await run('sleep 60')
    const exec = await containers().exec(id, {
      command: sh(`stty size; ${Array(50).fill('read x; stty size').join('; ')}`),
      terminal: { columns: 80, rows: 24 },
      openInput: true,
    })
    const heard = listen(exec)
    await expect.poll(() => heard.text).toContain('24 80\r\n')
    await exec.resize({ columns: 100, rows: 30 })
    const asked = () => {
      exec.input?.write('x\n')
      return heard.text
    }
    await expect.poll(asked).toContain('30 100\r\n')
    await exec.close()
  })

  test('without a terminal there is nothing to resize', async () => {
    const { id } = await run('sleep 60')
    const exec = await containers().exec(id, { command: sh('sleep 60') })
    listen(exec)
    await expect(exec.resize({ columns: 1, rows: 1 })).rejects.toMatchObject({
      code: 'CONTAINER.NO_TERMINAL',
    })
    await exec.close()
  })

  test('a signal reaches it, and not the container', async () => {
    const { id } = await run('sleep 60')
    const exec = await containers().exec(id, { command: sh('echo here; sleep 60') })
    const heard = listen(exec)
    await expect.poll(() => heard.text).toContain('here')
    await expect(exec.signal('SIGNOTHING')).rejects.toMatchObject({ code: 'CONTAINER.INVALID' })
    await exec.signal('SIGTERM')
    expect(await exec.exit).toEqual({ code: 143, signal: 'SIGTERM' })
    await expect(containers().get(id)).resolves.toMatchObject({ state: 'running' })
  })

  test('an idle container runs nothing but what is run in it, until it is stopped', async () => {
    const idle = { entrypoint: ['/no-such-program'], command: null, idle: true }
    const { id } = await run('', idle)
    const exec = await containers().exec(id, { command: sh('echo hello; exit 5') })
    expect((await printed(exec)).stdout).toBe('hello\n')
    expect((await exec.exit).code).toBe(5)
    expect((await containers().get(id)).state).toBe('running')
    await containers().stop(id, { timeoutMs: 10_000 })
    expect((await containers().get(id)).state).toBe('exited')
  })

  test('closing ends it, and not the container', async () => {
    const { id } = await run('sleep 60')
    const ended: (number | null | undefined)[] = []
    const unsubscribe = containers().subscribe(({ kind, exec }) => {
      if (kind === 'exec ended') ended.push(exec?.code)
    })
    const exec = await containers().exec(id, { command: sh('echo here; sleep 60') })
    const heard = listen(exec)
    await expect.poll(() => heard.text).toContain('here')
    await exec.close()
    await expect.poll(() => ended).toEqual([137])
    unsubscribe()
    expect((await containers().get(id)).state).toBe('running')
  })

  test('a program that is not there is told', async () => {
    const { id } = await run('sleep 60')
    await expect(containers().exec(id, { command: ['/no-such-program'] })).rejects.toMatchObject({
      code: 'CONTAINER.PROGRAM_NOT_FOUND',
    })
    await expect(containers().exec(id, { command: [] })).rejects.toMatchObject({
      code: 'CONTAINER.EXEC_FAILED',
    })
  })

  test('only a running container takes one', async () => {
    const { id } = await containers().create(spec('sleep 60'))
    const exec = () => containers().exec(id, { command: sh('exit 0') })
    await expect(exec()).rejects.toMatchObject({ code: 'CONTAINER.NOT_RUNNING' })
    await containers().start(id)
    await containers().pause(id)
    await expect(exec()).rejects.toMatchObject({ code: 'CONTAINER.PAUSED' })
  })

  test('it ends with its container', async () => {
    const { id } = await run('sleep 60')
    const exec = await containers().exec(id, { command: sh('sleep 60') })
    await containers().kill(id, 'SIGKILL')
    await printed(exec)
    expect((await exec.exit).code).not.toBe(0)
  })
}
