import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { entryMode, type SourceTree, type TreeEntry } from '@berth/domain'
import { reached } from '../system/failure-points.ts'
import { tryUnpack } from './add-archive.ts'
import type { OpenFile, RootWriter } from './root-writer.ts'
import type { StepContext } from './step-context.ts'

/** Where the entries of the context go, by their path; `unpackInto`: a directory for what turns out to be an archive. */
export type Targets = Map<string, { entry: TreeEntry; places: readonly Target[] }>

export type Target = { path: string; unpackInto: string | null }

/** `tree`: what the entries are of; default: the request's, which is read in turns. */
type Given = { writer: RootWriter; targets: Targets; directory: string; tree?: SourceTree }

/** What takes the pieces of one entry's content. */
type Receiver = {
  write(content: Uint8Array): Promise<void> | void
  finish(): Promise<void> | void
  drop(): Promise<void> | void
}

/** About 10 ms of work: the event loop serves logs and other builds in between. */
const entriesInOneGo = 200

/** Reads the entries, whose content may come in pieces, and writes each to its places. */
export async function writeEntries(context: StepContext, given: Given): Promise<void> {
  if (given.targets.size === 0) return
  if (given.tree !== undefined) await readAndWrite(context, given, given.tree)
  else await context.reading(() => readAndWrite(context, given, context.request.tree))
}

async function readAndWrite(context: StepContext, given: Given, tree: SourceTree): Promise<void> {
  const wanted = [...given.targets.values()].map(({ entry }) => entry)
  let current = null as { path: string; receivers: Receiver[] } | null
  let count = 0
  try {
    for await (const { entry, content } of tree.read(wanted)) {
      if (current?.path !== entry.path) {
        await finish(current?.receivers)
        current = null
        current = { path: entry.path, receivers: await receiversOf(context, given, entry) }
        if (++count % entriesInOneGo === 0) await nextTurn()
        context.signal.throwIfAborted()
      }
      for (const receiver of current.receivers) await receiver.write(content)
    }
    const last = current?.receivers
    current = null
    await finish(last)
  } finally {
    for (const receiver of current?.receivers ?? []) await receiver.drop()
  }
}

async function finish(receivers: readonly Receiver[] = []): Promise<void> {
  for (const receiver of receivers) await receiver.finish()
}

async function receiversOf(context: StepContext, given: Given, entry: TreeEntry): Promise<Receiver[]> {
  const places = given.targets.get(entry.path)?.places ?? []
  const receivers: Receiver[] = []
  for (const { path, unpackInto } of places) {
    if (entry.kind === 'link') receivers.push(linkReceiver(given.writer, path))
    else if (unpackInto === null) receivers.push(fileReceiver(given.writer.create(path, entryMode(entry))))
    else receivers.push(await archiveReceiver(context, given, entry, { path, unpackInto }))
  }
  return receivers
}

function fileReceiver(file: OpenFile): Receiver {
  return { write: file.write, finish: file.close, drop: file.close }
}

function linkReceiver(writer: RootWriter, path: string): Receiver {
  const pieces: Uint8Array[] = []
  return {
    write: (content) => void pieces.push(content),
    finish: () => writer.link(path, Buffer.concat(pieces).toString('utf8')),
    drop: () => undefined,
  }
}

/** ADD: only the content tells whether it is an archive, so it waits in a file of its own. */
async function archiveReceiver(
  context: StepContext,
  { writer, directory }: Given,
  entry: TreeEntry,
  { path, unpackInto }: { path: string; unpackInto: string },
): Promise<Receiver> {
  const spool = `${directory}/archive`
  const file = await open(spool, 'w', 0o600)
  return {
    write: async (content) => void (await file.appendFile(content)),
    finish: async () => {
      await file.close()
      reached('archive spooled')
      const archive = { writer, path: spool, into: unpackInto, name: entry.path }
      if (!(await tryUnpack(context, archive))) await copySpooled(writer, spool, path, entryMode(entry))
      await rm(spool)
    },
    drop: () => file.close(),
  }
}

async function copySpooled(writer: RootWriter, spool: string, path: string, mode: number): Promise<void> {
  const file = writer.create(path, mode)
  try {
    for await (const piece of createReadStream(spool)) file.write(piece)
  } finally {
    file.close()
  }
}
