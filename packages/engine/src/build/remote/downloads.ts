import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { z } from 'zod'
import { readRecord, writeRecord } from '../../store/record-file.ts'
import { reached } from '../../system/failure-points.ts'
import { type Opened, type OpenOptions, openUrl, RemoteProblem } from './open-url.ts'

/**
 * What ADD fetched by address, kept so that an answer "not modified" is enough the next time. Under `<home>/downloads`:
 * a record per scope and address, written whole by rename, and the bytes by their SHA-256, which come by rename too.
 * Bytes are believed only as far as their digest.
 */
export type Downloads = {
  /** Asks again each time; `checksum`: `sha256:…` or null, and with it nothing is asked when the bytes are there. */
  fetch(wanted: WantedUrl, options: FetchOptions): Promise<Download>
  /** What was of no use the longest goes first. */
  prune(mostBytes: number): Promise<number>
}

export type WantedUrl = { scope: string; url: string; checksum: string | null }

export type FetchOptions = OpenOptions & {
  mostBytes: number
  /** In the file system of `<home>`, empty, and cleared when this process is gone: nobody else's to clear. */
  temporaryDirectory: () => Promise<string>
  onProgress: (doneBytes: number, ofBytes: number | null) => void
}

export type Download = { path: string; digest: string; sizeBytes: number; modifiedAt: Date }

export class ChecksumMismatch extends Error {
  readonly found: string
  constructor(found: string) {
    super(`the content has the checksum ${found}`)
    this.found = found
  }
}

export class TooLarge extends Error {}

const recordSchema = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  sizeBytes: z.number().int().nonnegative(),
  etag: z.string().max(1024).nullable(),
  lastModified: z.string().max(256).nullable(),
})
type DownloadRecord = z.infer<typeof recordSchema>

export async function openDownloads(home: string): Promise<Downloads> {
  const folder = `${home}/downloads`
  await mkdir(`${folder}/bytes`, { recursive: true, mode: 0o700 })
  const blobPath = (digest: string) => `${folder}/bytes/${digest.slice('sha256:'.length)}`
  const recordPath = ({ scope, url }: WantedUrl) =>
    `${folder}/${createHash('sha256')
      .update(JSON.stringify([scope, url]))
      .digest('hex')}.json`

  async function known(wanted: WantedUrl): Promise<DownloadRecord | undefined> {
    const record = await readRecord(recordPath(wanted), recordSchema)
    if (record === undefined) return undefined
    const found = await stat(blobPath(record.digest)).catch(() => undefined)
    return found?.size === record.sizeBytes ? record : undefined
  }

  async function keep(wanted: WantedUrl, record: DownloadRecord): Promise<Download> {
    await writeRecord(recordPath(wanted), record)
    reached('download kept')
    return use(record)
  }

  async function use(record: DownloadRecord): Promise<Download> {
    const path = blobPath(record.digest)
    const now = new Date()
    await utimes(path, now, now)
    const { digest, sizeBytes } = record
    return { path, digest, sizeBytes, modifiedAt: dateOf(record.lastModified) }
  }

  async function fetch(wanted: WantedUrl, options: FetchOptions): Promise<Download> {
    const record = await known(wanted)
    if (record !== undefined && record.digest === wanted.checksum) return use(record)
    const answer = await openUrl(wanted.url, { ...options, headers: conditions(record) })
    try {
      if (answer.status === 304 && record !== undefined) return use(matching(record, wanted))
      if (answer.status < 200 || answer.status > 299) {
        throw new RemoteProblem(`it answers with status ${answer.status}`)
      }
      return await take(answer, wanted, options)
    } finally {
      answer.body.destroy()
    }
  }

  async function take(answer: Opened, wanted: WantedUrl, options: FetchOptions): Promise<Download> {
    const directory = await options.temporaryDirectory()
    const temporary = `${directory}/download`
    try {
      const { etag = null, 'last-modified': lastModified = null } = answer.headers
      const saved = await save(answer.body, temporary, options)
      const record = matching({ ...saved, etag: short(etag), lastModified: short(lastModified) }, wanted)
      reached('download written')
      await rename(temporary, blobPath(record.digest))
      reached('download in place')
      return await keep(wanted, record)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }

  async function prune(mostBytes: number): Promise<number> {
    const names = await readdir(`${folder}/bytes`)
    const kept = await Promise.all(
      names.map(async (name) => ({
        path: `${folder}/bytes/${name}`,
        stats: await stat(`${folder}/bytes/${name}`),
      })),
    )
    let total = kept.reduce((sum, { stats }) => sum + stats.size, 0)
    let freed = 0
    for (const { path, stats } of kept.sort((one, other) => one.stats.mtimeMs - other.stats.mtimeMs)) {
      if (total <= mostBytes) break
      await rm(path, { force: true })
      total -= stats.size
      freed += stats.size
    }
    await forgetGone()
    return freed
  }

  /** Records whose bytes are not there any more, or that cannot be read. */
  async function forgetGone(): Promise<void> {
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.json')) continue
      const record = await readRecord(`${folder}/${name}`, recordSchema)
      const bytes = record && (await stat(blobPath(record.digest)).catch(() => undefined))
      if (bytes === undefined) await rm(`${folder}/${name}`, { force: true })
    }
  }

  return { fetch, prune }
}

const progressEveryMs = 500

async function save(
  body: AsyncIterable<Uint8Array> & { headers: { 'content-length'?: string | undefined } },
  path: string,
  { mostBytes, onProgress, signal }: FetchOptions,
): Promise<{ digest: string; sizeBytes: number }> {
  const hash = createHash('sha256')
  const said = Number(body.headers['content-length'] ?? Number.NaN)
  if (said > mostBytes) throw new TooLarge()
  let sizeBytes = 0
  let toldAt = Date.now()
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const piece of body) {
      signal.throwIfAborted()
      sizeBytes += piece.length
      if (sizeBytes > mostBytes) throw new TooLarge()
      hash.update(piece)
      await file.write(piece)
      reached('download begun')
      if (Date.now() - toldAt < progressEveryMs) continue
      toldAt = Date.now()
      onProgress(sizeBytes, Number.isNaN(said) ? null : said)
    }
  } finally {
    await file.close()
  }
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes }
}

function matching(record: DownloadRecord, { checksum }: WantedUrl): DownloadRecord {
  if (checksum !== null && checksum !== record.digest) throw new ChecksumMismatch(record.digest)
  return record
}

function conditions(record: DownloadRecord | undefined): Record<string, string> {
  return {
    ...(record?.etag ? { 'if-none-match': record.etag } : {}),
    ...(record?.lastModified ? { 'if-modified-since': record.lastModified } : {}),
  }
}

/** As BuildKit: what has no date is of 1970. */
function dateOf(lastModified: string | null): Date {
  const date = new Date(lastModified ?? 0)
  return Number.isNaN(date.getTime()) ? new Date(0) : date
}

function short(header: string | null): string | null {
  return header !== null && header.length <= 256 ? header : null
}
