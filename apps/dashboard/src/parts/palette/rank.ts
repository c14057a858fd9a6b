const holds = 40
const inOrder = 10

/** How well words fit what was typed; 0: not at all. Pure; the same for apps, pages and actions. */
export function fit(words: string, typed: string): number {
  const text = words.toLowerCase()
  const search = typed.trim().toLowerCase()
  if (search === '') return 1
  if (text === search) return 100
  if (text.startsWith(search)) return 80
  const parts = search.split(/\s+/)
  if (parts.every((part) => startsWord(text, part))) return 60
  if (parts.every((part) => text.includes(part))) return holds
  return hasInOrder(text, search.replaceAll(' ', '')) ? inOrder : 0
}

type Ranked = { words: string; also?: string; aside?: string }

/** The best first, so many at the most; what fits equally well stays in order. Another name counts a little less. */
export function rank<Entry extends Ranked>(entries: readonly Entry[], typed: string, most: number): Entry[] {
  const scored = entries.map((entry) => ({ entry, score: scoreOf(entry, typed) }))
  // A few letters in order fit nearly everything: they count where nothing fits better.
  const least = scored.some(({ score }) => score >= holds) ? 1 + inOrder : 1
  return scored
    .filter(({ score }) => score >= (typed.trim() === '' ? 1 : least))
    .sort((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ entry }) => entry)
}

/** Letters in order are found in the words alone: in a list of other names nearly everything would fit. */
function scoreOf({ words, also = '', aside = '' }: Ranked, typed: string): number {
  const others = [also, `${words} ${also}`, `${aside} ${words}`].map((text) => fit(text, typed))
  return Math.max(fit(words, typed), ...others.map((score) => (score >= holds ? score - 5 : 0)))
}

function startsWord(text: string, part: string): boolean {
  return text.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(part))
}

function hasInOrder(text: string, letters: string): boolean {
  let at = -1
  for (const letter of letters) {
    at = text.indexOf(letter, at + 1)
    if (at < 0) return false
  }
  return true
}
