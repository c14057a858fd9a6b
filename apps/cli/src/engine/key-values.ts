/** Docker's lists of words: `type=bind,source=/srv,readonly`. A word alone has the value ''. */
export function keyValues(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name = pair, value = ''] = /^([^=]+)(?:=(.*))?$/s.exec(pair) ?? []
      return [name, value]
    }),
  )
}
