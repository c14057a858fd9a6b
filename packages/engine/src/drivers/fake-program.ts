import { createServer, type Server } from 'node:http'
import type { TerminalSize } from '../engine.ts'

/**
 * What runs in a fake container: a few words of shell, so that one contract test has the same commands for real and
 * for fake containers. `sh -c 'STATEMENT; STATEMENT'`, or one statement as the container's words:
 *
 *   echo TEXT [>&2]    prints, with $VAR and ${VAR} from the environment
 *   sleep SECONDS      waits
 *   exit CODE          ends
 *   trap '' TERM       from here on SIGTERM is not heard
 *   oom                ends as if killed for its memory
 *   serve [TEXT]       answers HTTP with TEXT on the container's address and $PORT until it is stopped; with 500 from a
 *                      request for /break on, until one for /mend
 *
 *   cat                prints its input, line by line, until that ends
 *   read NAME          waits for a line of its input
 *   stty size          prints the rows and columns of its terminal
 *
 * Anything else runs until it is stopped, like a real server would.
 */
export type FakeProgramEnd = { code: number; outOfMemory: boolean }

export type FakeProcess = { kill(signal: number): void; ended: Promise<FakeProgramEnd> }

type Print = (stream: 'stdout' | 'stderr', text: string) => void

export function runFakeProgram(options: {
  words: readonly string[]
  env: Readonly<Record<string, string>>
  address: string
  print: Print
  /** Its lines; none: its input is at its end. */
  input?: AsyncIterator<string>
  size?: () => TerminalSize
}): FakeProcess {
  const stop = new AbortController()
  const { promise: ended, resolve } = Promise.withResolvers<FakeProgramEnd>()
  const machine = { ...options, stop: stop.signal, deafTo: new Set<number>(), servers: [] as Server[] }
  const end = (result: FakeProgramEnd) => {
    stop.abort()
    for (const server of machine.servers) {
      server.closeAllConnections()
      server.close()
    }
    resolve(result)
  }
  runStatements(machine).then(end, (error: Error) => {
    if (stop.signal.aborted) return
    options.print('stderr', error.message)
    end({ code: 1, outOfMemory: false })
  })
  return {
    ended,
    kill: (signal) => {
      if (!machine.deafTo.has(signal) && signal !== 0) end({ code: 128 + signal, outOfMemory: false })
    },
  }
}

type Machine = Parameters<typeof runFakeProgram>[0] & {
  stop: AbortSignal
  deafTo: Set<number>
  servers: Server[]
}

async function runStatements(machine: Machine): Promise<FakeProgramEnd> {
  for (const statement of statements(machine.words)) {
    const result = await runStatement(statement, machine)
    if (result !== undefined) return result
  }
  return { code: 0, outOfMemory: false }
}

function statements(words: readonly string[]): string[] {
  const isShell = /(^|\/)sh$/.test(words[0] ?? '') && words[1] === '-c'
  if (!isShell) return [words.join(' ')]
  return (words[2] ?? '').split(/;|&&|\n/).flatMap((part) => part.trim() || [])
}

async function runStatement(statement: string, machine: Machine): Promise<FakeProgramEnd | undefined> {
  const [verb = '', ...rest] = statement.split(/\s+/)
  switch (verb) {
    case 'echo':
      return echo(statement.slice(4).trim(), machine)
    case 'sleep':
      return sleep(Number(rest[0]) * 1000, machine.stop)
    case 'exit':
      return { code: Number(rest[0] ?? 0), outOfMemory: false }
    case 'true':
      return undefined
    case 'cat':
      return cat(machine)
    case 'read':
      await nextLine(machine)
      return undefined
    case 'stty':
      return size(machine)
    case 'oom':
      return { code: 137, outOfMemory: true }
    case 'trap':
      machine.deafTo.add(15)
      return undefined
    case 'serve':
      await serve(expand(rest.join(' ') || 'ok', machine.env), machine)
      return sleep(Number.POSITIVE_INFINITY, machine.stop)
    default:
      return sleep(Number.POSITIVE_INFINITY, machine.stop)
  }
}

function echo(given: string, { env, print }: Machine): undefined {
  const toStderr = given.endsWith('>&2')
  const text = (toStderr ? given.slice(0, -3) : given).trim().replace(/^(["'])(.*)\1$/, '$2')
  print(toStderr ? 'stderr' : 'stdout', expand(text, env))
}

async function cat(machine: Machine): Promise<undefined> {
  for (let line = await nextLine(machine); line !== undefined; line = await nextLine(machine)) {
    machine.print('stdout', line)
  }
}

async function nextLine({ input }: Machine): Promise<string | undefined> {
  const next = await input?.next()
  return next === undefined || next.done ? undefined : next.value
}

function size({ size, print }: Machine): undefined {
  const { rows, columns } = size?.() ?? { rows: 0, columns: 0 }
  print('stdout', `${rows} ${columns}`)
}

function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{?(\w+)\}?/g, (_all, name: string) => env[name] ?? '')
}

function sleep(durationMs: number, stop: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    // Node's timers hold 2^31 ms at most; nothing here runs for 24 days.
    const timer = setTimeout(() => resolve(undefined), Math.min(durationMs || 0, 2 ** 31 - 1))
    stop.addEventListener('abort', () => clearTimeout(timer), { once: true })
  })
}

async function serve(text: string, machine: Machine): Promise<void> {
  let isBroken = false
  const server = createServer(({ url }, response) => {
    if (url === '/break' || url === '/mend') isBroken = url === '/break'
    response.writeHead(isBroken ? 500 : 200).end(text)
  })
  machine.servers.push(server)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(Number(machine.env.PORT ?? 5000), machine.address, resolve)
  await promise
}
