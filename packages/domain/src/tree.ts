/**
 * A tree of files, as a build reads it: git's tree of a commit, or a directory. The engine does not know git; the
 * source stage does not know builds; this is the value that joins them.
 */

export type TreeEntry = {
  /** Relative, `/` between the parts, no leading `./`. Never empty, never holds `..`. */
  path: string
  kind: 'file' | 'link' | 'directory'
  executable: boolean
  /** Permission, set-id and sticky bits. Left out: as a checkout has them. */
  mode?: number
  /** Equal for equal content, and only then (a git object id, or a hash of the content). A directory's is ''. */
  contentId: string
  sizeBytes: number
}

/** The bits of a file or directory; git knows of them only whether a file may be executed. */
export function entryMode({ kind, executable, mode }: TreeEntry): number {
  return mode ?? (executable || kind === 'directory' ? 0o755 : 0o644)
}

export interface SourceTree {
  /**
   * Equal for trees whose entries and contents are all equal, and only then, so that a build of the same tree need not list
   * it. Left out: only a listing tells. It throws what `entries` does where the tree is not there.
   */
  id?(): Promise<string>
  /**
   * Every file and link, sorted by path. Directories follow from the paths, with the mode 0755; a source that knows more of
   * them has entries for them too, empty ones as well, but none for the root.
   */
  entries(): Promise<readonly TreeEntry[]>
  /**
   * The content of the named entries, in the order given; a link's content is its target. One entry is complete
   * before the next begins. Consumers read one after the other.
   */
  read(entries: readonly TreeEntry[]): AsyncIterable<{ entry: TreeEntry; content: Uint8Array }>
}
