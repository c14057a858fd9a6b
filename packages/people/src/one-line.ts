/** A user's label made fit for lists and terminals: one line, no control or direction characters, 80 characters. */
export function oneLine(given: string): string {
  return given
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, 80)
}
