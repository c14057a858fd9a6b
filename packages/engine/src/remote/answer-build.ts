import type { EventSink, SourceTree, TreeEntry } from '@berth/domain'
import type { BuildRequest } from '../engine.ts'
import type { Exchange } from './answer-call.ts'
import type { Asked } from './calls.ts'

/** Builds from a tree that lies with the caller: its entries and contents are asked for over the call's own channel. */
export async function answerBuild(exchange: Exchange): Promise<unknown> {
  const [request, sink] = exchange.arguments as [Omit<BuildRequest, 'tree'>, EventSink]
  const { gone } = exchange.incoming
  return exchange.engine.build({ ...request, tree: remoteTree(exchange) }, sink, gone)
}

/** Consumers of a tree read one after the other, so there is one question at a time. */
function remoteTree(exchange: Exchange): SourceTree {
  const words = queue(exchange)
  let known: readonly TreeEntry[] | undefined
  let numbers = new Map<string, number>()
  return {
    async entries() {
      if (known !== undefined) return known
      await exchange.send({ wantEntries: true })
      const entries: TreeEntry[] = []
      for (let more = true; more; ) {
        const word = await words.next()
        if (!('entries' in word)) throw new Error('The caller did not send the entries of its tree')
        entries.push(...(word.entries as TreeEntry[]))
        more = word.more
      }
      known = entries
      numbers = new Map(entries.map((entry, number) => [entry.path, number]))
      return entries
    },
    async *read(wanted) {
      await exchange.send({ wantContents: wanted.map(({ path }) => numbers.get(path) ?? -1) })
      const all = contents(exchange, words, wanted)
      try {
        for (let next = await all.next(); !next.done; next = await all.next()) yield next.value
      } finally {
        // A reader that has enough leaves pieces on their way, which the next one must not get.
        for await (const _piece of all);
      }
    },
  }
}

/** The pieces of an entry are the bytes between its word and the next: words wait until all bytes before them are taken. */
async function* contents(exchange: Exchange, words: WordQueue, wanted: readonly TreeEntry[]) {
  for (const entry of wanted) {
    const word = await words.next()
    if (!('entry' in word)) throw new Error('The caller did not send what its tree holds')
    let left = word.entry
    if (left === 0) yield { entry, content: new Uint8Array(0) }
    while (left > 0) {
      const content = await piece(exchange, left)
      left -= content.length
      yield { entry, content }
    }
  }
}

async function piece({ incoming }: Exchange, mostBytes: number): Promise<Uint8Array> {
  const { input, gone } = incoming
  while (input.readableLength === 0) {
    gone.throwIfAborted()
    if (input.readableEnded) throw new Error('The caller’s tree ended too early')
    await new Promise<void>((resolve) => {
      input.once('readable', resolve)
      gone.addEventListener('abort', () => resolve(), { once: true })
    })
  }
  return input.read(Math.min(mostBytes, input.readableLength)) as Uint8Array
}

type WordQueue = { next(): Promise<Asked> }

function queue({ onWord, incoming: { gone } }: Exchange): WordQueue {
  const waiting: Asked[] = []
  let wake: () => void = () => undefined
  onWord((word) => {
    waiting.push(word)
    wake()
  })
  gone.addEventListener('abort', () => wake(), { once: true })
  return {
    async next() {
      for (;;) {
        const word = waiting.shift()
        if (word !== undefined) return word
        gone.throwIfAborted()
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
