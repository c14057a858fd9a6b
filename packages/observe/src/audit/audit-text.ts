/**
 * What a change says of itself, made fit to be kept for years: plain JSON of a bounded size. Whoever tells of a change
 * leaves secrets out; this is the net below them, which goes by names: a value that is called a password does not pass.
 */
const secretName = /pass(word|phrase)|secret|token|credential|private_?key|recovery|authorization|cookie/i
const hidden = '[secret]'
const maxDepth = 6
const maxItems = 200
const maxTextLength = 500
const maxJsonLength = 16_384

export function auditText(given: unknown): unknown {
  if (given === undefined || given === null) return null
  const plain = trimmed(given, 0)
  const json = JSON.stringify(plain)
  return json.length <= maxJsonLength ? plain : { cut: json.slice(0, maxTextLength) }
}

function trimmed(value: unknown, depth: number): unknown {
  if (typeof value === 'string')
    return value.length <= maxTextLength ? value : `${value.slice(0, maxTextLength)}…`
  if (typeof value === 'bigint') return String(value)
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object') return null
  if (depth >= maxDepth) return '…'
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => trimmed(item, depth + 1))
  // A secret says itself what it prints as (packages/command, Secret).
  if (Object.getPrototypeOf(value) !== Object.prototype) return hidden
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .slice(0, maxItems)
      .map(([name, item]) => [name, isSecret(name, item) ? hidden : trimmed(item, depth + 1)]),
  )
}

/** `tokens: 3` counts them; `token: "berth_…"` is one. */
function isSecret(name: string, value: unknown): boolean {
  return secretName.test(name) && typeof value === 'string'
}
