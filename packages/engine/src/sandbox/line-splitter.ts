import { StringDecoder } from 'node:string_decoder'

/** Cuts a stream of bytes into lines; one that is longer than the limit comes in pieces. */
export function lineSplitter(tell: (line: string) => void, mostCharacters = 16_384) {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  return {
    push(bytes: Buffer): void {
      const lines = (rest + decoder.write(bytes)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) tellPieces(line)
      while (rest.length > mostCharacters) {
        tell(rest.slice(0, mostCharacters))
        rest = rest.slice(mostCharacters)
      }
    },
    end(): void {
      rest += decoder.end()
      if (rest !== '') tellPieces(rest)
      rest = ''
    },
  }

  function tellPieces(line: string): void {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line
    tell(whole.slice(0, mostCharacters))
    for (let from = mostCharacters; from < whole.length; from += mostCharacters) {
      tell(whole.slice(from, from + mostCharacters))
    }
  }
}
