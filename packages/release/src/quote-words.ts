/** A line as in a Procfile that is read (`readCommand`) as exactly these words. One word alone is a line already. */
export function quoteWords(words: readonly string[]): string {
  const [only = ''] = words
  return words.length === 1 ? only : words.map(quoteWord).join(' ')
}

function quoteWord(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
