import { createServer, type Server } from 'node:http'
import { type Command, CommanderError } from 'commander'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newProgram } from '../program.ts'
import { addSaid } from '../word-group.ts'
import { words } from '../words.ts'

/** Every command, said wrongly: it ends with 1 and a hint, and nothing was asked of the platform that listens here. */
let server: Server
let asked: string[]
const before = { ...process.env }
beforeAll(async () => {
  asked = []
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(500).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const nowhere = '/nonexistent/berth'
  const platform = { BERTH_URL: `http://127.0.0.1:${port}`, BERTH_TOKEN: 'berth_x' }
  Object.assign(process.env, platform, { BERTH_HOME: nowhere, BERTH_RUN: nowhere })
})
afterAll(async () => {
  process.env = before
  await new Promise((resolve) => server.close(resolve))
})

const program = newProgram()
await addSaid(program, words, undefined)

type Leaf = { path: string[]; command: Command }

function leavesOf(command: Command, path: string[] = []): Leaf[] {
  const below = command.commands.filter((found) => found.name() !== 'help')
  if (below.length === 0) return [{ path, command }]
  return below.flatMap((found) => leavesOf(found, [...path, found.name()]))
}

const leaves = leavesOf(program)
const required = ({ command }: Leaf) => command.registeredArguments.filter((argument) => argument.required)
const takesMore = ({ command }: Leaf) => command.registeredArguments.some((argument) => argument.variadic)

/** What standard error and the status are. Nothing of ours ends this process. */
async function say(...said: string[]): Promise<{ status: number; told: string }> {
  const fresh = newProgram()
  await addSaid(fresh, words, undefined)
  const pieces: string[] = []
  quiet(fresh, pieces)
  try {
    await fresh.parseAsync(said, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { status: error.exitCode, told: pieces.join('') }
  }
  throw new Error(`${said.join(' ')} was taken`)
}

function quiet(command: Command, pieces: string[]): void {
  command
    .exitOverride()
    .configureOutput({ writeErr: (text) => void pieces.push(text), writeOut: () => undefined })
  for (const below of command.commands) quiet(below, pieces)
}

async function expectRefused(said: string[], because: RegExp): Promise<void> {
  const { status, told } = await say(...said)
  expect([status, asked]).toEqual([1, []])
  expect(told).toMatch(because)
  expect(told).toContain('--help')
}

test('there are as many as the documents say, and more', () => {
  expect(leaves.length).toBeGreaterThan(100)
})

test.each(leaves.map((leaf) => [leaf.path.join(' '), leaf] as const))(
  'berth %s takes no option that it does not know',
  async (_called, leaf) => {
    await expectRefused(
      [...leaf.path, '--no-such-option'],
      /unknown option '--no-such-option'|required option/,
    )
  },
)

test.each(
  leaves.filter((leaf) => required(leaf).length > 0).map((leaf) => [leaf.path.join(' '), leaf] as const),
)('berth %s says what is missing', async (_called, leaf) => {
  await expectRefused(leaf.path, /missing required argument|required option/)
})

test.each(leaves.filter((leaf) => !takesMore(leaf)).map((leaf) => [leaf.path.join(' '), leaf] as const))(
  'berth %s takes no word too many',
  async (_called, leaf) => {
    const enough = leaf.command.registeredArguments.map(() => 'word')
    await expectRefused([...leaf.path, ...enough, 'and-one-more'], /too many arguments|required option/)
  },
)

test.each(program.commands.filter(({ commands }) => commands.length > 0).map((command) => command.name()))(
  'berth %s knows its own words alone',
  async (group) => {
    await expectRefused([group, 'no-such-word'], /unknown command|too many arguments|unknown/)
  },
)
