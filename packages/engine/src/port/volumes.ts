/** A directory that outlives containers. Its files have the ids that containers see, so any group may mount it. */
export type Volume = {
  name: string
  labels: Readonly<Record<string, string>>
  createdAt: Date
}

/**
 * Contract: a volume goes only by `remove`, never by cleaning up. One that a container names and that is not there yet
 * is made when that container starts, and begins with what the image has at its target.
 */
export interface Volumes {
  /**
   * The one of that name, if there is one already. `sizeBytes`: the most that it may hold.
   * @throws VOLUME.INVALID, VOLUME.QUOTA_UNSUPPORTED
   */
  create(
    name: string,
    options?: { labels?: Readonly<Record<string, string>>; sizeBytes?: number | null },
  ): Promise<Volume>
  /** By name. */
  list(labels?: Readonly<Record<string, string>>): Promise<Volume[]>
  /** @throws VOLUME.NOT_FOUND */
  get(name: string): Promise<Volume>
  /** With all that is in it. Unknown names are fine: it is gone. @throws VOLUME.IN_USE: a container names it, even a stopped one */
  remove(name: string): Promise<void>
}
