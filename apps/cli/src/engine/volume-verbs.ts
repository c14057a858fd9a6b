import type { Command } from 'commander'
import { ago, print, printList } from '../output.ts'
import { parseAssignments } from './assignments.ts'
import { collect } from './collect.ts'
import { eachNamed } from './each-named.ts'
import { parseSize } from './sizes.ts'
import { withEngine } from './with-engine.ts'

/** Volumes, under Docker's names. */
export function addVolumeVerbs(engine: Command): void {
  const volume = engine.command('volume').description('directories that outlive containers')
  volume
    .command('ls', { isDefault: true })
    .description('which there are')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) =>
      withEngine(async ({ volumes }) => {
        printList(await volumes.list(), {
          json,
          empty: 'No volumes yet. Make one: berth engine volume create NAME',
          columns: [
            { title: 'name', value: ({ name }) => name },
            { title: 'made', value: ({ createdAt }) => ago(createdAt) },
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
    .option('-l, --label <name=value>', 'a label for it', collect, [])
    .action((name: string, { size, label }: { size?: string; label: readonly string[] }) =>
      withEngine(async ({ volumes }) => {
        const labels = parseAssignments(label, '--label')
        const sizeBytes = size === undefined ? null : parseSize(size)
        print((await volumes.create(name, { labels, sizeBytes })).name)
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
