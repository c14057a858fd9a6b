/** A directory that outlives containers. Its files have the ids that containers see, so any group may mount it. */
export type Volume = {
  name: string
  labels: Readonly<Record<string, string>>
  createdAt: Date
  limits: DiskLimits
}

/** What files take on the disk, and how many there are, directories and links among them. */
export type DiskUse = { bytes: number; files: number }

/** Null: none. Bytes are rounded up to 1,024. */
export type DiskLimits = { bytes: number | null; files: number | null }

/**
 * Contract: a volume goes only by `remove`, never by cleaning up. One that a container names and that is not there yet
 * is made when that container starts, and begins with what the image has at its target. Whoever writes beyond a limit is
 * told that the disk is full (EDQUOT or ENOSPC); nothing else is. Where limits do not hold any more, a container that
 * mounts a volume with one is not started.
 */
export interface Volumes {
  /**
   * The one of that name, if there is one already. `sizeBytes`, `files`: the most that it may hold.
   * @throws VOLUME.INVALID, VOLUME.INVALID_LIMIT, VOLUME.QUOTA_UNSUPPORTED; VOLUME.OTHER_LIMITS: it is there already with
   * others than these
   */
  create(
    name: string,
    options?: {
      labels?: Readonly<Record<string, string>>
      sizeBytes?: number | null
      files?: number | null
    },
  ): Promise<Volume>
  /** By name. */
  list(labels?: Readonly<Record<string, string>>): Promise<Volume[]>
  /** @throws VOLUME.NOT_FOUND */
  get(name: string): Promise<Volume>
  /** Null: nothing counts it here. @throws VOLUME.NOT_FOUND */
  usage(name: string): Promise<DiskUse | null>
  /**
   * Other limits, from now on, also while containers use it; what is left out stays. One that was made before the machine
   * could count it is counted now, which takes a while, and needs that none of its containers runs.
   * @throws VOLUME.NOT_FOUND, VOLUME.INVALID_LIMIT, VOLUME.QUOTA_UNSUPPORTED, VOLUME.LIMIT_BELOW_USE, VOLUME.MOUNTED
   */
  resize(name: string, limits: Partial<DiskLimits>): Promise<Volume>
  /** With all that is in it. Unknown names are fine: it is gone. @throws VOLUME.IN_USE: a container names it, even a stopped one */
  remove(name: string): Promise<void>
}
