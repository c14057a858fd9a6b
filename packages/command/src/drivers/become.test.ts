import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { localRunner } from './local-runner.ts'

const module = fileURLToPath(new URL('become.ts', import.meta.url))

test('the process is that program now, with its words and its environment, under the same id', async () => {
  const words = ['sh', '-c', 'echo $$ "$0" "$1" "$TOLD" "$SECRET"', 'a b', '$x']
  const script = `console.log(process.pid); const { become } = await import(${JSON.stringify(module)})
    become({ argv: ${JSON.stringify(words)}, env: { TOLD: 'yes' } })`
  const node = [process.execPath, '--input-type=module', '--eval', script] as const
  const { stdout, stderr } = await localRunner.run({ argv: node, env: { SECRET: 'no' } })
  const [before, after] = stdout.trim().split('\n')
  expect(after).toBe(`${before} a b $x yes`)
  expect(stderr).toBe('')
})

test('a program that is not there ends it with 127', async () => {
  const script = `const { become } = await import(${JSON.stringify(module)}); become({ argv: ['no-such-program'] })`
  const node = [process.execPath, '--input-type=module', '--eval', script] as const
  expect((await localRunner.run({ argv: node }, { okStatuses: [127] })).status).toBe(127)
})
