import type { Command } from 'commander'
import { ago, bytes, print, printList } from '../output.ts'
import { parseAssignments } from './assignments.ts'
import { collect } from './collect.ts'
import { eachNamed } from './each-named.ts'
import { type LimitFlags, sizeOption, volumeLimits } from './volume-limits.ts'
import { volumeRows } from './volume-rows.ts'
import { withEngine } from './with-engine.ts'

/** Volumes, under Docker's names. */
export function addVolumeVerbs(engine: Command): void {
  const volume = engine.command('volume').description('directories that outlive containers')
  volume
    .command('ls', { isDefault: true })
    .description('which there are')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) =>
      withEngine(async (engine) => {
        printList(await volumeRows(engine), {
          json,
          empty: 'No volumes yet. Make one: berth engine volume create NAME',
          columns: [
            { title: 'name', value: ({ name }) => name },
            { title: 'made', value: ({ createdAt }) => ago(createdAt) },
            { title: 'used', value: ({ used }) => sizeOr(used?.bytes), align: 'right' },
            { title: 'limit', value: ({ limits }) => sizeOr(limits.bytes), align: 'right' },
            { title: 'files', value: ({ used }) => String(used?.files ?? '–'), align: 'right' },
            { title: 'limit', value: ({ limits }) => String(limits.files ?? '–'), align: 'right' },
          ],
        })
        return 0
      }),
    )
  volume
    .command('create')
    .description('make one')
    .argument('<name>')
    .option('--size <size>', 'the most that it may hold')
    .option('--files <number>', 'how many files that may be')
    .option('-o, --opt <size=size>', "Docker's way to say the same", collect, [])
    .option('-l, --label <name=value>', 'a label for it', collect, [])
    .action((name: string, flags: LimitFlags & { label: readonly string[]; opt: readonly string[] }) =>
      withEngine(async ({ volumes }) => {
        const labels = parseAssignments(flags.label, '--label')
        const { bytes: sizeBytes = null, files = null } = volumeLimits({ ...sizeOption(flags.opt), ...flags })
        print((await volumes.create(name, { labels, sizeBytes, files })).name)
        return 0
      }),
    )
  volume
    .command('resize')
    .description('let one hold more, or less; "none" lifts a limit')
    .argument('<name>')
    .option('--size <size>', 'the most that it may hold')
    .option('--files <number>', 'how many files that may be')
    .action((name: string, flags: LimitFlags) =>
      withEngine(async ({ volumes }) => {
        await volumes.resize(name, volumeLimits(flags))
        return 0
      }),
    )
  volume
    .command('inspect')
    .description('all that is known of them, as JSON')
    .argument('<names...>')
    .action((names: string[]) =>
      withEngine(async ({ volumes }) => {
        const all = []
        for (const name of names) all.push({ ...(await volumes.get(name)), used: await volumes.usage(name) })
        print(JSON.stringify(all, null, 2))
        return 0
      }),
    )
  volume
    .command('rm')
    .description('remove them, with all that they hold')
    .argument('<names...>')
    .action((names: string[]) =>
      withEngine(({ volumes }) => eachNamed(names, (name) => volumes.remove(name))),
    )
}

function sizeOr(count: number | null | undefined): string {
  return count === null || count === undefined ? '–' : bytes(count)
}
