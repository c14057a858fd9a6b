import type { AnsiSpan } from './ansi.ts'

export type MarkedSpan = AnsiSpan & { isHit: boolean }

/** Cuts spans where the pattern begins and ends; a hit may go over several of them. The pattern is global. */
export function markHits(spans: readonly AnsiSpan[], pattern: RegExp): MarkedSpan[] {
  const text = spans.map((span) => span.text).join('')
  const edges = edgesOf(text, pattern)
  const marked: MarkedSpan[] = []
  let at = 0
  for (const span of spans) {
    const end = at + span.text.length
    let from = at
    for (const edge of [...edges.filter((place) => place > at && place < end), end]) {
      if (edge > from) marked.push({ ...span, text: text.slice(from, edge), isHit: isInside(edges, from) })
      from = edge
    }
    at = end
  }
  return marked
}

/** Where hits begin and end, by turns. Empty hits are none. */
function edgesOf(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].flatMap(({ index, 0: hit }) =>
    hit === '' ? [] : [index, index + hit.length],
  )
}

function isInside(edges: readonly number[], place: number): boolean {
  // Hits may touch: then one ends where the next begins.
  for (let at = 0; at < edges.length; at += 2)
    if (place >= (edges[at] as number) && place < (edges[at + 1] as number)) return true
  return false
}
