import { isBerthError } from '@berth/domain'
import type { Engine, ImageDiff } from '@berth/engine'
import type { Command } from 'commander'
import { ago, bytes, plain, print, printList } from '../output.ts'
import { type VolumeRow, volumeRows } from './volume-rows.ts'
import { withEngine } from './with-engine.ts'

/** What looks at images and containers, and at the room that they take, under Docker's names. */
export function addLookVerbs(engine: Command): void {
  engine
    .command('inspect')
    .description('all that is known of images and containers, as JSON')
    .argument('<names...>')
    .action((given: string[]) =>
      withEngine(async (found) => {
        const all = []
        for (const name of given) all.push(await inspect(found, name))
        print(JSON.stringify(all, null, 2))
        return 0
      }),
    )
  engine
    .command('history')
    .description('how an image was made, newest first')
    .argument('<image>')
    .option('--no-trunc', 'whole lines')
    .option('--json', 'as JSON')
    .action((image: string, flags: { trunc: boolean; json?: boolean }) =>
      withEngine((found) => history(found, image, flags)),
    )
  engine
    .command('image-diff')
    .description('what changed from one image to another, in files and configuration')
    .argument('<before>')
    .argument('<after>')
    .option('--values', 'the values of variables as well; they may be secrets')
    .option('--json', 'as JSON')
    .action((before: string, after: string, flags: { values?: boolean; json?: boolean }) =>
      withEngine(async ({ images }) => {
        const diff = await images.diff(before, after, { showValues: flags.values ?? false })
        if (flags.json) print(JSON.stringify(diff, null, 2))
        else for (const line of diffLines(diff)) print(plain(line))
        return 0
      }),
    )
  engine
    .command('df')
    .description('the room that images, caches and volumes take')
    .option('--json', 'as JSON')
    .action((flags: { json?: boolean }) => withEngine((found) => usage(found, flags)))
}

async function inspect(engine: Engine, given: string): Promise<unknown> {
  const container = await engine.containers.get(given).catch((error: unknown) => {
    if (isBerthError(error, 'CONTAINER.NOT_FOUND')) return null
    throw error
  })
  return container ?? engine.images.inspect(given)
}

async function history(
  { images }: Engine,
  image: string,
  { trunc, json }: { trunc: boolean; json?: boolean },
): Promise<number> {
  const cut = (text: string) => (trunc && text.length > 80 ? `${text.slice(0, 79)}…` : text)
  printList(await images.history(image), {
    json,
    empty: 'The image tells nothing of how it was made.',
    columns: [
      { title: 'layer', value: ({ layer }) => layer?.slice(0, 12) ?? '–' },
      { title: 'created', value: ({ createdAt }) => ago(createdAt) },
      { title: 'created by', value: ({ createdBy }) => cut(createdBy.replace(/\s+/g, ' ')) },
      { title: 'size', value: ({ sizeBytes }) => bytes(sizeBytes), align: 'right' },
    ],
  })
  return 0
}

const signs = { added: 'A', changed: 'C', removed: 'D' } as const

/** `A /app/new.js  1.2 kB`, `C /app/server.js  content, mode` */
export function diffLines({ files, totals, truncated, configuration }: ImageDiff): string[] {
  return [
    ...configuration.map(({ change, field, name, before, after }) => {
      const values = before === null && after === null ? '' : `  ${before ?? '–'} → ${after ?? '–'}`
      return `${signs[change]} ${field}${name === null ? '' : ` ${name}`}${values}`
    }),
    ...files.map((file) => {
      const what =
        file.change === 'changed'
          ? file.what.join(', ')
          : file.kind === 'file'
            ? bytes(file.sizeBytes)
            : file.kind
      return `${signs[file.change]} ${file.path}  ${what}`
    }),
    ...(truncated ? ['…'] : []),
    `${totals.added} added, ${totals.changed} changed, ${totals.removed} removed`,
  ]
}

async function usage(engine: Engine, { json }: { json?: boolean }): Promise<number> {
  const used = await engine.images.usage()
  const volumes = await volumeRows(engine)
  const rows = [
    { what: 'layers', count: String(used.layers.count), sizeBytes: used.layers.sizeBytes },
    { what: 'of these, needed by no image or cache', count: '–', sizeBytes: used.layers.unneededBytes },
    { what: 'of these, needed by the build cache alone', count: '–', sizeBytes: used.buildCacheBytes },
    { what: 'cache mounts of builds', count: '–', sizeBytes: used.cacheMountBytes },
    { what: 'broken-off downloads', count: '–', sizeBytes: used.downloadBytes },
    volumesTogether(volumes),
  ]
  if (json) print(JSON.stringify({ ...used, volumes }, null, 2))
  else {
    printList(rows, {
      empty: '',
      columns: [
        { title: 'what', value: ({ what }) => what },
        { title: 'count', value: ({ count }) => count, align: 'right' },
        {
          title: 'size',
          value: ({ sizeBytes }) => (sizeBytes === null ? '–' : bytes(sizeBytes)),
          align: 'right',
        },
      ],
    })
  }
  return 0
}

/** What no quota counts is not looked through for this: it may be much. */
function volumesTogether(volumes: readonly VolumeRow[]) {
  const counted = volumes.flatMap(({ used }) => used?.bytes ?? [])
  const rest = volumes.length - counted.length
  return {
    what: rest === 0 ? 'volumes' : `volumes (${rest} of them not counted)`,
    count: String(volumes.length),
    sizeBytes: counted.length === 0 && rest > 0 ? null : counted.reduce((sum, each) => sum + each, 0),
  }
}
