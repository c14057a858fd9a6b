/** Records of a team changed; of one of its apps, where `app` says so. What changed is for the records to say. */
export type RecordChange = { teamId: string; app: { id: string; name: string } | null }

/** `everything`: watching has begun just now, or something was missed; whatever is shown may be old. */
export type Changes = readonly RecordChange[] | 'everything'

/**
 * Tells that records changed, so that whoever shows them reads them again, and nobody asks in vain.
 *
 * - The first thing that it tells is `everything`, once it really hears: what is read after that is not missed.
 * - Changes of the same object that nobody has taken yet are told once. A watcher that falls behind by 200 objects is told
 *   `everything`: none holds more in memory, however slowly it takes them.
 * - When the source is away, it is silent; when it is back, it tells `everything`.
 * - Aborting the signal ends the iterable.
 */
export interface ChangeFeed {
  watch(signal: AbortSignal): AsyncIterable<Changes>
  /** Ends every watcher. */
  close(): Promise<void>
}
