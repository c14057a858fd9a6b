import { z } from 'zod'

/** What lies between two releases of an app, as far as the worker knows it: its repository, and its images. */
export type ReleaseComparison = {
  /** Null: the repository no longer holds both commits, or one of the two was not built from any. */
  commits: CommitsBetween | null
  /** Null: one of the two images is no longer here. */
  files: FilesBetween | null
}

/** Newest first; `removed` are those that the later release has no more. So many of each at most. */
export type CommitsBetween = { added: CommitLine[]; removed: CommitLine[] }
export type CommitLine = { commit: string; author: string; subject: string }
export const mostCommits = 100

/** `totals` count all of them, also where the list was cut off. */
export type FilesBetween = {
  changes: { change: 'added' | 'changed' | 'removed'; path: string }[]
  totals: { added: number; changed: number; removed: number; bytes: number }
}
export const mostFiles = 500

const count = z.number()
const commitLines = z.array(z.object({ commit: z.string(), author: z.string(), subject: z.string() }))

export const releaseComparisonShape: z.ZodType<ReleaseComparison> = z.object({
  commits: z.object({ added: commitLines, removed: commitLines }).nullable(),
  files: z
    .object({
      changes: z.array(z.object({ change: z.enum(['added', 'changed', 'removed']), path: z.string() })),
      totals: z.object({ added: count, changed: count, removed: count, bytes: count }),
    })
    .nullable(),
})
