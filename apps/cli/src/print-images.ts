import type { Engine } from '@berth/engine'
import { ago, bytes, print, printList } from './output.ts'

export type ImageListFlags = { quiet?: boolean; json?: boolean }

/** The images that are here, a line a name, for `berth image list` and `berth engine images`. `quiet`: their digests alone. */
export async function printImages(
  images: Pick<Engine['images'], 'list'>,
  { quiet, json }: ImageListFlags,
): Promise<void> {
  const rows = (await images.list()).flatMap(({ names, ...image }) =>
    (names.length > 0 ? names : ['–']).map((name) => ({ name, ...image })),
  )
  if (quiet) {
    for (const digest of new Set(rows.map((row) => row.digest))) print(digest)
    return
  }
  printList(rows, {
    json,
    empty: 'No images yet. Make one: berth image bootstrap debian:bookworm-slim',
    columns: [
      { title: 'name', value: (row) => row.name },
      { title: 'digest', value: (row) => row.digest.slice(7, 19) },
      { title: 'made', value: (row) => ago(row.createdAt) },
      { title: 'size', value: (row) => bytes(row.sizeBytes), align: 'right' },
    ],
  })
}
