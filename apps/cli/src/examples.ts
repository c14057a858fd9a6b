/** What stands below the help of a command: calls of it, as somebody would write them. For `addHelpText('after', …)`. */
export function examples(...lines: string[]): string {
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
