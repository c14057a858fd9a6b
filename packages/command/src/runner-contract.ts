import { describe, expect, test } from 'vitest'
import type { Command } from './command.ts'
import type { CommandRunner } from './runner.ts'

/** What every driver keeps. `ending(status)` is a command that prints `out`, complains `err`, and ends so. */
export function runnerContract(
  name: string,
  { runner, ending }: { runner: CommandRunner; ending: (status: number) => Command },
): void {
  describe(`${name} keeps the contract:`, () => {
    test('the end, with status and output', async () => {
      const result = await runner.run(ending(0))
      expect(result).toMatchObject({ status: 0, stdout: 'out', stderr: 'err' })
      expect(result.stdoutBytes).toEqual(Buffer.from('out'))
    })

    test('another status is an error with the last lines of what it complained', async () => {
      await expect(runner.run(ending(3))).rejects.toMatchObject({
        code: 'COMMAND.FAILED',
        message: expect.stringContaining('ended with 3: err'),
      })
    })

    test('but not where the caller expects it', async () => {
      expect((await runner.run(ending(3), { okStatuses: [0, 3] })).status).toBe(3)
      await expect(runner.run(ending(0), { okStatuses: [3] })).rejects.toMatchObject({
        code: 'COMMAND.FAILED',
      })
    })

    test('a started process tells its end, and never by rejecting', async () => {
      const running = runner.start(ending(3))
      let text = ''
      for await (const chunk of running.stdout ?? []) text += String(chunk)
      expect(text).toBe('out')
      running.stderr?.resume()
      expect(await running.exited).toEqual({ status: 3, signal: null })
    })
  })
}
