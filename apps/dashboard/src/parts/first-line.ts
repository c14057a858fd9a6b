/** The first line of a text; a commit message and an error's message may go on below it. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
