/** Variables as text that other programs read. */
export const envFormats = ['env', 'json', 'shell'] as const
export type EnvFormat = (typeof envFormats)[number]

export function writeEnvFile(variables: Readonly<Record<string, string>>, format: EnvFormat): string {
  const all = Object.entries(variables).sort(([one], [other]) => (one < other ? -1 : 1))
  if (format === 'json') return `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`
  const line = format === 'env' ? envLine : shellLine
  return all.map(([name, value]) => `${line(name, value)}\n`).join('')
}

/** As `parseEnvFile` reads it. */
function envLine(name: string, value: string): string {
  if (/^[\w./:@%+,~^-]*$/.test(value)) return `${name}=${value}`
  const quoted = value
    .replace(/[\\"$]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
  return `${name}="${quoted}"`
}

/** For `eval "$(berth config export --format shell)"`: in single quotes a shell reads nothing. */
function shellLine(name: string, value: string): string {
  return `export ${name}='${value.replaceAll("'", `'\\''`)}'`
}
