import type { EventSink } from '@berth/domain'
import type { Attachment, BuildRequest, Engine, Image } from '../engine.ts'
import { joinAttachment } from '../remote/attachment.ts'
import { type Call, openCall } from '../remote/call.ts'
import { calls, type Noun, pathArguments, type Reply } from '../remote/calls.ts'
import { serveTree } from '../remote/remote-tree.ts'

/**
 * The engine that another process holds open, reached through its socket (`serveEngine`): the same port, the same
 * contract. A file that an argument names is the caller's, whatever the other process has mounted there. `close` closes
 * nothing: the engine is not ours.
 */
export function remoteEngine(socket: string): Engine {
  return {
    images: remoteNoun('images', socket),
    containers: remoteNoun('containers', socket),
    volumes: remoteNoun('volumes', socket),
    build: (request, sink, signal) => build(socket, request, sink, signal),
    close: async () => undefined,
  }
}

type Open = (...words: readonly unknown[]) => Promise<Call>

/** The catalogue holds exactly the port's methods, so this is one. */
function remoteNoun<Name extends Noun>(noun: Name, socket: string): Engine[Name] {
  const verbs = Object.entries(calls[noun]) as [string, Reply][]
  const methods = verbs.map(([verb, reply]) => {
    const name = `${noun}.${verb}`
    const open: Open = (...words) => openCall(socket, name, words.map(asSeenFromOutside(name)))
    return [verb, (...words: readonly unknown[]) => ask[reply](open, words)] as const
  })
  return Object.fromEntries(methods) as unknown as Engine[Name]
}

/** A path in this process's own mounts, for one that has others. Source: proc(5), /proc/pid/root. */
function asSeenFromOutside(name: string) {
  return (word: unknown, index: number): unknown =>
    index === pathArguments[name] && typeof word === 'string' ? `/proc/${process.pid}/root${word}` : word
}

const ask: Readonly<Record<Reply, (open: Open, words: readonly unknown[]) => unknown>> = {
  value: async (open, words) => resultOf(await open(...words)),
  async *items(open, words) {
    const call = await open(...words)
    try {
      for await (const answer of call.answers) if ('item' in answer) yield answer.item
    } catch (error) {
      // A reader that has read enough.
      if (!call.signal.aborted) throw error
    }
  },
  async *bytes(open, words) {
    const call = await open(...words)
    for await (const answer of call.answers) if ('bytes' in answer) yield answer.bytes
  },
  attachment: async (open, words): Promise<Attachment> => joinAttachment(await open(...words)),
  subscription(open, words) {
    const opened = open(...words)
    // An engine that ends takes its listeners with it; whoever calls it next is told.
    opened.then(resultOf).catch(() => undefined)
    return () => void opened.then((call) => call.breakOff()).catch(() => undefined)
  },
}

async function resultOf(call: Call): Promise<unknown> {
  for await (const answer of call.answers) if ('result' in answer) return answer.result
  throw new Error('A call ended without a result')
}

async function build(
  socket: string,
  { tree, ...request }: BuildRequest,
  sink: EventSink,
  signal: AbortSignal,
): Promise<Image> {
  const call = await openCall(socket, 'build', [request, sink, signal])
  const answerTree = serveTree(tree, call)
  for await (const answer of call.answers) {
    if ('result' in answer) return answer.result as Image
    await answerTree(answer)
  }
  throw new Error('A build ended without a result')
}
