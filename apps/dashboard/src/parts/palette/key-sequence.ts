/** Keys pressed one after the other. Pure: the caller says when. */
export type Pending = { keys: string; atMs: number } | null

/** So long may the second key take. */
const withinMs = 1500

/** `match`: the sequence that is whole now. */
export function pressKey(
  pending: Pending,
  key: string,
  { known, atMs }: { known: readonly string[]; atMs: number },
): { pending: Pending; match: string | null } {
  const begun = pending !== null && atMs - pending.atMs <= withinMs ? `${pending.keys} ` : ''
  for (const keys of begun === '' ? [key] : [begun + key, key]) {
    if (known.includes(keys)) return { pending: null, match: keys }
    if (known.some((one) => one.startsWith(`${keys} `))) return { pending: { keys, atMs }, match: null }
  }
  return { pending: null, match: null }
}
