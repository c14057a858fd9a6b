import { expect, test } from 'vitest'
import { type ContractKit, listen, printed, until } from './contract-kit.ts'

/** What every engine promises to whoever joins a container's first process. */
export function attachContract({ containers, run, spec }: ContractKit): void {
  test('who joins before the start hears everything, and how it ended', async () => {
    const { id } = await containers().create(spec('echo first; echo trouble >&2; exit 4'))
    const joined = await containers().attach(id)
    await containers().start(id)
    expect(await printed(joined)).toEqual({ stdout: 'first\n', stderr: 'trouble\n' })
    expect(await joined.exit).toEqual({ code: 4, signal: null })
  })

  test('who joins later hears what comes from then on', async () => {
    const { id } = await run('echo before; read go; echo after', { openInput: true })
    for await (const _line of containers().logs(id, { follow: true, tail: null, since: null })) break
    const joined = await containers().attach(id)
    joined.input?.write('go\n')
    expect((await printed(joined)).stdout).toBe('after\n')
  })

  test('its input can be ended; several may write', async () => {
    const { id } = await run('cat; echo over', { openInput: true })
    const [one, other] = [await containers().attach(id), await containers().attach(id)]
    const output = one.output[Symbol.asyncIterator]()
    one.input?.write('one\n')
    await until(output, 'one\n')
    other.input?.end('two\n')
    expect(await until(output, 'over\n')).toBe('two\nover\n')
    expect((await containers().wait(id)).code).toBe(0)
    await Promise.all([one.close(), other.close()])
  })

  test('without an open input there is none', async () => {
    const { id } = await run('cat; echo over')
    const joined = await containers().attach(id)
    expect(joined.input).toBeNull()
    expect((await containers().wait(id)).code).toBe(0)
    await joined.close()
  })

  test('letting go ends nothing, not even its input', async () => {
    const { id } = await run('read one; echo $0 still; read two', { openInput: true })
    const joined = await containers().attach(id)
    joined.input?.write('x\n')
    await until(joined.output[Symbol.asyncIterator](), 'still')
    await joined.close()
    const again = await containers().attach(id)
    expect((await containers().get(id)).state).toBe('running')
    again.input?.write('y\n')
    expect((await containers().wait(id)).code).toBe(0)
    await again.close()
  })

  test('a terminal has a size, and takes what is typed', async () => {
    const script = Array(50).fill('read x; stty size').join('; ')
    const { id } = await run(script, { terminal: true, openInput: true })
    const joined = await containers().attach(id)
    const heard = listen(joined)
    await joined.resize({ columns: 90, rows: 20 })
    const asked = () => {
      joined.input?.write('x\n')
      return heard.text
    }
    await expect.poll(asked).toContain('20 90')
    await joined.close()
  })

  test('without a terminal there is nothing to resize', async () => {
    const { id } = await run('sleep 60')
    const joined = await containers().attach(id)
    listen(joined)
    await expect(joined.resize({ columns: 1, rows: 1 })).rejects.toMatchObject({
      code: 'CONTAINER.NO_TERMINAL',
    })
    await joined.close()
  })
}
