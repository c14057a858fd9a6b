/**
 * What the engine's parts agree on about files: where layers lie, and how a root file system is put together from them.
 * Contract of `FileSystems` (driver: drivers/overlay-file-systems.ts):
 *
 * - A layer is a directory `layers/<id>` that holds an overlayfs upper directory as it was written: ids as the container
 *   sees them (root is 0), whiteouts as character devices 0:0, opaque directories as trusted.overlay.opaque.
 *   It is never changed once it is there; it appears by rename, complete.
 * - `mount` puts an overlay together at `root`: for a user-id range, the layers come through that range's one read-only
 *   id-mapped mount; `upper` and `work` belong to `range.start`. Mounts live in this process's private mount namespace.
 * - `seal` turns an upper directory that a range has written into a layer: ids shifted back, set-id bits and file
 *   capabilities kept, sockets dropped, then renamed into place under a new id.
 * - Everything takes paths made by the engine only; nothing follows a link inside a tree.
 */
export type IdRange = { start: number; size: 65_536 }

export type RootMount = { root: string; unmount(): void }

export type LayerRecord = { id: string; sizeBytes: number; files: number; createdAt: Date }

export interface FileSystems {
  /** An empty directory under the engine's home that goes when the engine is opened the next time. */
  temporaryDirectory(): Promise<string>
  /** `directory` gets `upper`, `work` and `root`. `range` null: ids unmapped (the engine's own reading and writing). */
  mount(options: {
    layers: readonly string[]
    directory: string
    range: IdRange | null
    readOnly?: boolean
    /**
     * Default true: writes are not forced to the disk, whatever the programs ask for, and unmounting does not wait for
     * the disk. What a root must keep over a power failure belongs into a volume. False makes `unmount` write the whole
     * file system's pending data out first, which can hold this thread up for seconds. Kernel 5.10.
     */
    volatile?: boolean
    /** Called when `upper` and `work` are there, before anything is mounted. */
    prepare?: () => Promise<void>
  }): Promise<RootMount>
  /** Moves `upper` away: the directory is gone afterwards. */
  seal(upper: string, range: IdRange | null): Promise<LayerRecord>
  layer(id: string): Promise<LayerRecord | undefined>
  layerPath(id: string): string
  removeLayer(id: string): Promise<void>
  layers(): Promise<LayerRecord[]>
}
