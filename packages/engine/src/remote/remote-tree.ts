import type { SourceTree, TreeEntry } from '@berth/domain'
import type { Bytes, Call } from './call.ts'
import type { Answer } from './calls.ts'

const entriesPerWord = 1_000

/** Answers what a build in the engine's process asks of a tree that lies here. */
export function serveTree(tree: SourceTree, call: Call) {
  return async (answer: Answer | Bytes): Promise<void> => {
    if ('wantEntries' in answer) await sendEntries(await tree.entries(), call)
    else if ('wantContents' in answer) {
      const entries = await tree.entries()
      await sendContents(tree.read(answer.wantContents.flatMap((number) => entries[number] ?? [])), call)
    }
  }
}

async function sendEntries(entries: readonly TreeEntry[], call: Call): Promise<void> {
  let from = 0
  do {
    const some = entries.slice(from, from + entriesPerWord)
    from += entriesPerWord
    await call.say({ entries: some, more: from < entries.length })
  } while (from < entries.length)
}

/** Before the bytes of each entry a word that says how many they are. */
async function sendContents(pieces: ReturnType<SourceTree['read']>, call: Call): Promise<void> {
  let announced: TreeEntry | undefined
  for await (const { entry, content } of pieces) {
    if (entry !== announced) await call.say({ entry: entry.sizeBytes })
    announced = entry
    await call.sendInput(content)
  }
}
