import type { HistoryLine, Image } from '../engine.ts'
import type { FileSystems } from '../filesystem.ts'

/** How an image came about, newest first, with the layers' sizes; one line a layer where nothing is known of it. */
export async function imageHistory(
  fileSystems: Pick<FileSystems, 'layer'>,
  image: Image,
): Promise<HistoryLine[]> {
  const { history = [], layers, createdAt } = image
  const told = history.filter(({ emptyLayer }) => !emptyLayer).length === layers.length ? history : []
  const unknown = { createdBy: '', comment: '', emptyLayer: false, createdAt: null }
  const entries = told.length > 0 ? told : layers.map(() => unknown)
  const sizes = await Promise.all(layers.map(async (id) => (await fileSystems.layer(id))?.sizeBytes ?? 0))
  let next = 0
  const lines = entries.map((entry): HistoryLine => {
    const index = entry.emptyLayer ? null : next++
    return {
      createdBy: entry.createdBy,
      comment: entry.comment,
      createdAt: entry.createdAt ?? createdAt,
      sizeBytes: index === null ? 0 : (sizes[index] ?? 0),
      layer: index === null ? null : (layers[index] ?? null),
    }
  })
  return lines.reverse()
}
