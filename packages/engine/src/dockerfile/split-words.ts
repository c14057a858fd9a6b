/**
 * Splits at white space outside of quotes. Quotes and escapes stay in the words: expansion takes them away later.
 * Reference: `parseWords` of BuildKit's frontend/dockerfile/parser/line_parsers.go.
 */
export function splitWords(text: string, escapeChar: '\\' | '`'): string[] {
  const words: string[] = []
  let start = -1
  let quote = ''
  let index = 0
  for (; index < text.length; index++) {
    const char = text[index] ?? ''
    const isSpace = quote === '' && /\s/.test(char)
    if (isSpace && start >= 0) words.push(text.slice(start, index))
    if (isSpace) start = -1
    else if (start < 0) start = index
    if (char === escapeChar && quote !== "'") index++
    else quote = nextQuote(quote, char)
  }
  if (start >= 0) words.push(withoutLoneEscape(text.slice(start), index > text.length))
  return words.filter((word) => word !== '')
}

function nextQuote(quote: string, char: string): string {
  if (quote === '') return char === '"' || char === "'" ? char : ''
  return char === quote ? '' : quote
}

/** An escape character that nothing follows is dropped. */
function withoutLoneEscape(word: string, isLone: boolean): string {
  return isLone ? word.slice(0, -1) : word
}
