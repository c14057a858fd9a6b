/**
 * A strict reader of Prometheus' text format 0.0.4, for tests of what we say in it: whatever its description does not allow
 * is an error. Source: https://prometheus.io/docs/instrumenting/exposition_formats
 */
export type ParsedFamily = {
  name: string
  type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped'
  help: string
  samples: { name: string; labels: Record<string, string>; value: number }[]
}

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const helpLine = new RegExp(`^# HELP (${metricName}) ((?:[^\\\\\\n]|\\\\\\\\|\\\\n)*)$`)
const typeLine = new RegExp(`^# TYPE (${metricName}) (counter|gauge|histogram|summary|untyped)$`)
const sampleLine = new RegExp(`^(${metricName})(?:\\{(.*)\\})? (\\S+)$`)
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y

/** @throws TypeError, with the line */
export function parseExposition(text: string): ParsedFamily[] {
  if (text === '') return []
  if (!text.endsWith('\n')) throw new TypeError('the last line has no end')
  const families: ParsedFamily[] = []
  const seen = new Set<string>()
  let help: RegExpExecArray | null = null
  for (const line of text.slice(0, -1).split('\n')) {
    const [helps, types] = [helpLine.exec(line), typeLine.exec(line)]
    if (helps) help = helps
    else if (types) {
      if (help?.[1] !== types[1]) throw new TypeError(`a type without its help: ${line}`)
      families.push(newFamily(types, help?.[2] ?? ''))
    } else addSample(families.at(-1), line, seen)
  }
  const names = families.map(({ name }) => name)
  if (new Set(names).size !== names.length) throw new TypeError('a family comes twice')
  for (const family of families) checkFamily(family)
  return families
}

function newFamily(types: RegExpExecArray, help: string): ParsedFamily {
  return { name: types[1] ?? '', type: types[2] as ParsedFamily['type'], help, samples: [] }
}

function addSample(family: ParsedFamily | undefined, line: string, seen: Set<string>): void {
  const found = sampleLine.exec(line)
  if (!found) throw new TypeError(`no sample: ${line}`)
  const [, name = '', labelText = '', valueText = ''] = found
  const base = family?.type === 'histogram' ? name.replace(/_(?:bucket|sum|count)$/, '') : name
  if (family === undefined || base !== family.name)
    throw new TypeError(`a sample without its family: ${line}`)
  const labels = parseLabels(labelText, line)
  const key = JSON.stringify([name, Object.entries(labels).sort()])
  if (seen.has(key)) throw new TypeError(`a sample comes twice: ${line}`)
  seen.add(key)
  family.samples.push({ name, labels, value: parseValue(valueText, line) })
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (label.lastIndex = 0; label.lastIndex < text.length; ) {
    const [, name = '', value = ''] = label.exec(text) ?? fail(`no labels: ${line}`)
    if (name in labels) fail(`a label comes twice: ${line}`)
    labels[name] = value.replace(/\\(["\\n])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
  }
  return labels
}

function parseValue(text: string, line: string): number {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (text === 'NaN') return Number.NaN
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) fail(`no value: ${line}`)
  return Number(text)
}

function checkFamily({ name, type, samples }: ParsedFamily): void {
  if (samples.length === 0) fail(`a family without samples: ${name}`)
  if (type === 'counter' && samples.some(({ value }) => value < 0)) fail(`a counter below 0: ${name}`)
  if (type === 'histogram') checkHistogram(name, samples)
}

/** Buckets of one series grow, and the last of them, `+Inf`, is the count. */
function checkHistogram(name: string, samples: ParsedFamily['samples']): void {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...rest } }) =>
    JSON.stringify(Object.entries(rest).sort()),
  )
  for (const own of series.values()) {
    const buckets = own.filter((each) => each.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels }) => parseValue(labels.le ?? '', name))
    const isGrowing = (numbers: number[]) =>
      numbers.every((each, place) => place === 0 || each >= (numbers[place - 1] ?? 0))
    const count = own.find((each) => each.name === `${name}_count`)?.value
    if (!isGrowing(bounds) || !isGrowing(buckets.map(({ value }) => value)))
      fail(`buckets that do not grow: ${name}`)
    if (bounds.at(-1) !== Infinity || buckets.at(-1)?.value !== count) fail(`no last bucket: ${name}`)
    if (!own.some((each) => each.name === `${name}_sum`)) fail(`no sum: ${name}`)
  }
}

function fail(what: string): never {
  throw new TypeError(what)
}
