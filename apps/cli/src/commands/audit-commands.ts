import { stdout } from 'node:process'
import type { AuditView } from '@berth/api'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { ago, plain, printList } from '../output.ts'
import { remote } from '../remote.ts'

/** As JSON brings it. */
type Entry = Omit<AuditView, 'before' | 'after'> & { before?: unknown; after?: unknown }
type Filter = { team?: string; app?: string; person?: string; action?: string; since?: Date; until?: Date }
type Listing = Filter & { limit: number; own?: boolean; json?: boolean }

/** Who did what. */
export function addAuditCommands(program: Command): void {
  const audit = program
    .command('audit')
    .description('who did what to the team and its apps')
    .addHelpText('after', examples)
  const filtered = (command: Command) =>
    command
      .option('-a, --app <name>', 'to this app')
      .option('--person <address>', 'by this person')
      .option('--action <name>', 'all of it, or its beginning: apps finds apps.create')
      .option('--since <time>', '2h, 7d, or 2026-11-22T09:00Z', moment)
      .option('--until <time>', 'as --since', moment)
      .option('--team <name>', 'where you are in several: its name or id')
  filtered(audit.command('list', { isDefault: true }))
    .description('the newest first')
    .option('--own', 'what you did yourself, signing in among it')
    .option('-n, --limit <count>', 'how many', count, 50)
    .option('--json', 'as JSON')
    .addHelpText('after', examples)
    .action(list)
  filtered(audit.command('export'))
    .description('all of it, for other programs')
    .addOption(new Option('--format <format>').choices(['ndjson', 'csv']).default('ndjson'))
    .addHelpText('after', '\nExample:\n  berth audit export --format csv --since 30d > audit.csv')
    .action(exportAll)
}

const examples = `
Examples:
  berth audit --app shop --since 7d
  berth audit --person bob@example.com --action members
  berth audit export --format csv --since 30d`

async function list({ own, json, limit, ...filter }: Listing): Promise<void> {
  const { audit } = await remote()
  const entries: Entry[] = []
  for (let after: string | undefined; entries.length < limit; ) {
    const page = { limit: Math.min(200, limit - entries.length), after }
    const found = own ? await audit.own.query(page) : await audit.list.query({ ...filter, ...page })
    entries.push(...found.entries)
    if (found.next === null) break
    after = found.next
  }
  printList(entries, {
    json,
    empty: 'Nothing that fits was done.',
    columns: [
      { title: 'when', value: ({ at }) => ago(at) },
      { title: 'who', value: ({ who }) => who },
      { title: 'by', value: ({ by, door }) => by ?? door },
      { title: 'did', value: ({ action }) => action },
      { title: 'to', value: ({ object }) => object },
      { title: 'what', value: changed },
      {
        title: 'outcome',
        value: ({ outcome, error }) => (error === null ? outcome : `${outcome}: ${error}`),
      },
      { title: 'from', value: ({ address }) => address ?? '–' },
    ],
  })
}

function changed({ before, after }: { before?: unknown; after?: unknown }): string {
  const parts = [before, after].map((value) => (value == null ? '' : JSON.stringify(value)))
  return plain(parts.filter(Boolean).join(' → ')).slice(0, 60)
}

async function exportAll({ format, ...filter }: Filter & { format: 'ndjson' | 'csv' }): Promise<void> {
  const { audit } = await remote()
  for (let after: string | undefined; ; ) {
    const { text, next } = await audit.export.query({ ...filter, format, after })
    if (!stdout.write(text)) await new Promise((resolve) => stdout.once('drain', resolve))
    if (next === null) return
    after = next
  }
}

const unitsMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `2h`: so long ago; else a time. */
function moment(given: string): Date {
  const [, amount, unit = ''] = /^(\d{1,5})([mhd])$/.exec(given) ?? []
  const time =
    amount === undefined ? new Date(given) : new Date(Date.now() - Number(amount) * (unitsMs[unit] ?? 0))
  if (!Number.isNaN(time.getTime())) return time
  throw new InvalidArgumentError('Say 30m, 2h, 7d or a time like 2026-11-22T09:00Z.')
}

function count(given: string): number {
  const number = Number(given)
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number
  throw new InvalidArgumentError('Say a number, from 1 to 10000.')
}
