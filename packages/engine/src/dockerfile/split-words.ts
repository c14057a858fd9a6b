/**
 * Splits at white space outside of quotes. Quotes and escapes stay in the words: expansion takes them away later.
 * Reference: `parseWords` of BuildKit's frontend/dockerfile/parser/line_parsers.go.
 */
export function splitWords(text: string, escapeChar: '\\' | '`'): string[] {
  const words: string[] = []
  let word = ''
  let started = false
  let quote = ''
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? ''
    if (quote === '' && /\s/.test(char)) {
      if (started) words.push(word)
      word = ''
      started = false
      continue
    }
    if (char === escapeChar && quote !== "'") {
      if (index + 1 >= text.length) break
      word += char + (text[index + 1] ?? '')
      index++
      started = true
      continue
    }
    if (quote === '' && (char === '"' || char === "'")) quote = char
    else if (char === quote) quote = ''
    word += char
    started = true
  }
  if (started) words.push(word)
  return words
}
