/**
 * `npm run bench -- NAME…`: Berth beside Docker or nginx, on this machine, in one run. Standard output gets one figure
 * a line, as JSON, and nothing else; words for a person go to standard error. README.md says what each bench does.
 */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { command, localRunner } from '@berth/command'
import type { Bench } from './bench-run.ts'
import { figureOf, parseFigures } from './figure.ts'
import { table } from './table.ts'

/** Imported when it is asked for: each brings a part of the platform along. */
const benches: Readonly<Record<string, { about: string; load: () => Promise<Bench> }>> = {
  build: {
    about: 'images from 2,000 and 20,000 files, against BuildKit',
    load: async () => (await import('./measure-build.ts')).measureBuild,
  },
  start: {
    about: 'containers one by one, with network, against docker run',
    load: async () => (await import('./measure-start.ts')).measureStart,
  },
  push: {
    about: 'git push to the first answer, against a hook with docker build, docker run, nginx -s reload',
    load: async () => (await import('./measure-push.ts')).measurePush,
  },
  deploys: {
    about:
      'fifty apps pushed at once, and one a hundred times, while visitors ask: what takes how long, what fails',
    load: async () => (await import('./measure-deploys.ts')).measureDeploys,
  },
  density: {
    about: 'many idle containers: the last against the first, memory of each, against Docker’s shims',
    load: async () => (await import('./measure-density.ts')).measureDensity,
  },
  memory: {
    about: 'the idle control plane: memory and processor, against the goals',
    load: async () => (await import('./measure-memory.ts')).measureMemory,
  },
  web: {
    about:
      'the dashboard in a browser: JavaScript, time until it answers, layout shift, axe, against the goals',
    load: async () => (await import('./measure-web.ts')).measureWeb,
  },
  door: {
    about: 'requests through the front door, 1 and 1,000 apps, plain and TLS, against nginx',
    load: async () => (await import('./measure-door.ts')).measureDoor,
  },
}

const insideVariable = 'BERTH_BENCH_INSIDE'

try {
  await main()
} catch (error) {
  say(` !     ${(error as Error).stack ?? error}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      containers: { type: 'string', default: '1000' },
      quick: { type: 'boolean', default: false },
    },
  })
  const [first, file] = positionals
  if (first === undefined) return say(usage())
  if (first === 'table' && file !== undefined) {
    process.stdout.write(table(parseFigures(await readFile(file, 'utf8'))))
    return
  }
  if (process.env[insideVariable] !== '1') return await runInside()
  if (first === 'setup') return await (await import('./setup.ts')).setup(say)
  const names = first === 'all' ? Object.keys(benches) : positionals
  const unknown = names.find((name) => !(name in benches))
  if (unknown !== undefined) throw new Error(`There is no bench ${unknown}.\n${usage()}`)
  const rounds = positive('rounds', values.rounds)
  const containers = positive('containers', values.containers)
  if (containers <= 10) throw new Error('--containers wants more than the ten apps that share them.')
  const amounts = {
    quick: values.quick,
    rounds: values.quick ? 1 : rounds,
    containers: values.quick ? Math.min(containers, 40) : containers,
  }
  for (const name of names) await measure(name, amounts)
}

/** Mounts of both sides stay in a mount namespace of our own. Ctrl-C reaches both of us; whoever ends us ends both. */
async function runInside(): Promise<void> {
  const words = [
    'setpriv',
    '--pdeathsig',
    'TERM',
    'unshare',
    '--mount',
    '--propagation',
    'private',
    '--',
  ] as const
  const inside = localRunner.start(
    { ...command(...words, process.execPath, ...process.argv.slice(1)), env: { [insideVariable]: '1' } },
    { stdio: ['inherit', 'inherit', 'inherit'] },
  )
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => inside.kill('SIGTERM'))
  const { status } = await inside.exited
  process.exitCode = status ?? 1
}

async function measure(
  name: string,
  amounts: { quick: boolean; rounds: number; containers: number },
): Promise<void> {
  const stopped = new AbortController()
  const stop = () => stopped.abort(new Error('Broken off.'))
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const undo = new AsyncDisposableStack()
  say(`-----> ${name}`)
  try {
    await (await benches[name]?.load())?.({
      ...amounts,
      signal: stopped.signal,
      tell(measured) {
        process.stdout.write(`${JSON.stringify(figureOf(name, measured))}\n`)
      },
      say: (words) => say(`       ${words}`),
      defer: (work) => undo.defer(async () => void (await work())),
    })
  } finally {
    say('       removing what it made')
    await undo.disposeAsync()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} wants a whole number, not ${text}.`)
  return value
}

function usage(): string {
  const lines = Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`)
  return [
    'npm run bench -- NAME… [--rounds N] [--containers N] [--quick]',
    ...lines,
    '  all       each of them, one after the other',
    '  setup     installs what is compared with, and makes the base image',
    '  table F   the figures in the file F as a table in Markdown',
  ].join('\n')
}

function say(words: string): void {
  process.stderr.write(`${words}\n`)
}
