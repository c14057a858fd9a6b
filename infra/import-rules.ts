/**
 * Who may import whom, with the reason beside each rule. `npm run check` holds every import of the tree against it.
 * A package that is missing here may import nothing of ours.
 */
export type ImportRule = { may: readonly string[]; reason: string }

export const importRules: Readonly<Record<string, ImportRule>> = {
  domain: { may: [], reason: 'the words must not depend on anything that changes faster than they do' },
  command: { may: ['domain'], reason: 'it runs programs, and knows none' },
  source: { may: ['command', 'domain'], reason: 'a repository is the same whatever is built from it' },
  engine: {
    may: ['command', 'domain'],
    reason: 'a script can drive it on a bare machine: no database, no queue, no web',
  },
  release: { may: ['domain'], reason: 'what an image and a Procfile mean is pure' },
  route: { may: ['command', 'domain'], reason: 'the front door routes to addresses, whatever answers there' },
  deploy: {
    may: ['domain', 'engine', 'release', 'route'],
    reason: 'the one stage that moves releases into containers and routes, through their ports',
  },
  registry: { may: ['domain'], reason: 'it serves blobs; which app a name is, and who may, is told to it' },
  people: { may: ['domain'], reason: 'one answer to “may this person”, the same for every door' },
  observe: { may: ['domain'], reason: 'it records what others tell it' },
  queue: { may: ['domain'], reason: 'the catalogue names jobs; it does not do them' },
  database: {
    may: ['command', 'deploy', 'domain', 'observe', 'people', 'release', 'route', 'source'],
    reason: 'it implements the stores that the stages declare',
  },
  api: {
    may: ['database', 'deploy', 'domain', 'observe', 'people', 'queue', 'release', 'route', 'source'],
    reason: 'the door for the dashboard and the CLI; never the engine, which has root',
  },
  ui: { may: [], reason: 'components that know no word of the platform can be judged by themselves' },
  testkit: { may: ['command', 'domain'], reason: 'every package may test with it, so it knows none of them' },
}

/** Apps may import every package, and no other app. `testkit` is for tests alone, whoever they belong to. */
export const testOnly = 'testkit'

/** A real PostgreSQL for tests, whoever they belong to: a fake database would prove nothing. */
export const testDatabase = '@berth/database/temporary-database.ts'

/** Where these modules may be imported, and nowhere else. Paths are prefixes. */
export const guardedModules: readonly { module: RegExp; allowed: readonly string[]; reason: string }[] = [
  {
    module: /^(node:)?child_process$/,
    allowed: ['packages/command/'],
    reason: 'commands are argv values, and one package runs them',
  },
  {
    module: /^(@prisma\/|pg$)/,
    allowed: ['packages/database/', 'packages/queue/'],
    reason: 'records are reached through the stores',
  },
  { module: /^bullmq$/, allowed: ['packages/queue/'], reason: 'jobs are reached through the catalogue' },
  { module: /^koffi$/, allowed: ['packages/engine/'], reason: 'system calls are the engine’s' },
  { module: /^ssh2$/, allowed: ['apps/receiver/', 'test/'], reason: 'SSH is the receiver’s' },
]
