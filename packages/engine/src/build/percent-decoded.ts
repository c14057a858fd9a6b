/** `a%20b` → `a b`; as it is where the escapes are none. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
