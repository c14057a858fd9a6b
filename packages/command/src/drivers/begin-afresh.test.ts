import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { command } from '../command.ts'
import { localRunner } from './local-runner.ts'

test('a process that had to compile begins again with what it compiled, as the same process, and once', async () => {
  const directory = await mkdtemp('/tmp/berth-afresh-')
  const file = `${directory}/program.ts`
  await writeFile(
    file,
    `import { beginAfresh, hasCompiled } from ${JSON.stringify(new URL('begin-afresh.ts', import.meta.url).href)}
console.log(process.pid, hasCompiled(), process.argv[2], process.env.GREETING)
beginAfresh()
console.log('goes on')
`,
  )
  const run = (env: Record<string, string>) =>
    localRunner.run({ ...command(process.execPath, file, 'a word'), env: { GREETING: 'hello', ...env } })
  const kept = { NODE_COMPILE_CACHE: `${directory}/cache` }
  const [first = '', second = '', ...more] = (await run(kept)).stdout.trim().split('\n')
  expect(first).toMatch(/^\d+ true a word hello$/)
  expect(second).toBe(first.replace('true', 'false'))
  expect(more).toEqual(['goes on'])
  expect((await run(kept)).stdout).toMatch(/^\d+ false a word hello\ngoes on\n$/)
  expect((await run({})).stdout).toMatch(/^\d+ true a word hello\ngoes on\n$/)
  await rm(directory, { recursive: true })
})
