import { createHash } from 'node:crypto'
import type { SourceTree } from '@berth/domain'

/**
 * An image that is there already, as something to build: one line. So it comes by the same way as any base image of the team,
 * with the same accounts, and nothing that a Dockerfile may not name is found.
 */
export function imageSource(reference: string): SourceTree {
  const content = Buffer.from(`FROM ${reference}\n`)
  const entry = {
    path: 'Dockerfile',
    kind: 'file' as const,
    executable: false,
    contentId: createHash('sha256').update(content).digest('hex'),
    sizeBytes: content.length,
  }
  return {
    entries: async () => [entry],
    async *read(entries) {
      for (const asked of entries) yield { entry: asked, content }
    },
  }
}
