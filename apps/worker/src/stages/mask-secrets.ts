import type { Secret } from '@berth/command'
import { openMask } from '@berth/deploy'
import type { EventSink, StageEvent } from '@berth/domain'

type Line = Extract<StageEvent, { kind: 'line' }>

/**
 * What a build step prints, without the secrets that its Dockerfile mounts: the log is for everybody who may see the app.
 * Lines of a secret of several are looked for one by one. A line that is so long that it comes in pieces is put together
 * at their borders: of each piece the end that a secret could begin in waits for the next. What a step has changed (in base64,
 * say) is not recognised.
 */
export function maskSecrets(sink: EventSink, secrets: Readonly<Record<string, Secret>>): EventSink {
  const lines = Object.values(secrets).flatMap((secret) => secret.reveal().split(/\r?\n/))
  const words = lines.map((line) => line.trim()).filter((line) => line !== '')
  if (words.length === 0) return sink
  const mask = openMask(Object.fromEntries(words.map((word, index) => [index, word])))
  const longest = Math.max(...words.map((word) => word.length))
  const held = new Map<string, string>()
  return (event) => {
    if (event.kind === 'step-finished') letGo(event.step, event.at)
    sink(event.kind === 'line' ? masked(event) : event)
  }

  /** The last piece of its last line, where nothing came behind it. */
  function letGo(step: string, at: number): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = held.get(`${step} ${stream}`)
      if (text !== undefined && held.delete(`${step} ${stream}`))
        sink({ kind: 'line', at, step, stream, text })
    }
  }

  function masked(line: Line): Line {
    const key = `${line.step} ${line.stream}`
    const text = mask((held.get(key) ?? '') + line.text)
    const isPiece = line.text.length >= pieceCharacters && longest > 1
    const from = isPiece ? Math.max(0, text.length - longest + 1) : text.length
    if (isPiece) held.set(key, text.slice(from))
    else held.delete(key)
    return { ...line, text: text.slice(0, from) }
  }
}

/** As the engine cuts lines (packages/engine, line-splitter.ts). */
const pieceCharacters = 16_384

/** Those that a step could print: a secret stands nowhere that no mount asks for. One that is named by a variable may be any. */
export function mountedSecrets<Value>(
  dockerfile: string,
  secrets: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const mounts = [...dockerfile.matchAll(/--mount=(\S*type=["']?secret\S*)/g)].map(([, words = '']) => words)
  const ids = mounts.map(
    (words) => /(?:^|,)["']?(?:id|source|src|target)=([^,"'\s]+)/.exec(words)?.[1] ?? '$',
  )
  const isAny = ids.some((id) => id.includes('$'))
  const named = new Set(ids.map((id) => id.slice(id.lastIndexOf('/') + 1)))
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => isAny || named.has(name)))
}
