import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** What `berth` says where it cannot begin: of a person who is not signed in, of a machine that it may not touch. */
let directory: string
beforeAll(async () => {
  directory = await mkdtemp('/tmp/berth-cli-')
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const program = new URL('../berth.ts', import.meta.url).pathname

async function refusal(
  words: readonly string[],
  env: Record<string, string> = {},
  as: readonly string[] = [],
) {
  const { stderr, status } = await localRunner.run(
    {
      ...command(...([...as, process.execPath, program, ...words] as [string, ...string[]])),
      env: { XDG_CONFIG_HOME: directory, BERTH_HOME: `${directory}/home`, BERTH_RUN: directory, ...env },
    },
    { okStatuses: [1, 69] },
  )
  return `${status} ${stderr}`
}

test.each([
  [['whoami'], '1  !     This needs to know who you are, and where.'],
  [['apps', 'destroy', 'shop'], '1  !     This removes everything of "shop".'],
  [['down', '--remove'], '1  !     This removes everything under'],
])('berth %s', async (words, says) => {
  expect(await refusal(words)).toContain(says)
})

test('a platform that does not answer is named', async () => {
  const env = { BERTH_URL: 'http://127.0.0.1:9', BERTH_TOKEN: 'berth_x' }
  expect(await refusal(['whoami'], env)).toContain('69  !     Nothing answers at http://127.0.0.1:9.')
})

test('a port that is taken is told with its setting, before anything is started', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const said = await refusal(['up'], { BERTH_HTTP_PORT: String(port) }).finally(() => server.close())
  expect(said).toContain(`Something else listens on port ${port}.`)
  expect(said).toContain('BERTH_HTTP_PORT=')
})

test.each([
  [['up'], '`berth up` needs root: it runs containers.'],
  [['engine', 'ps'], 'The engine’s commands need root: they handle containers and images.'],
])('without root, berth %s says what it needs', async (words, says) => {
  const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--']
  expect(await refusal(words, {}, nobody)).toContain(`1  !     ${says}`)
})
