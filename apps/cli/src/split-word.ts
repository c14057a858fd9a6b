/** `config:set` is `config set`: people who come from Heroku or Dokku write the colon. */
export function splitWord(words: readonly string[]): string[] {
  const [first = '', ...rest] = words
  return /^[a-z][a-z-]*:[a-z-]+$/.test(first) ? [...first.split(':'), ...rest] : [...words]
}
