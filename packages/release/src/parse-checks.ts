import { type Healthcheck, printable } from '@berth/domain'
import { releaseError } from './errors.ts'

/**
 * Dokku's old CHECKS file, which counts for web where app.json has no checks: settings (`WAIT=`, `TIMEOUT=`, `ATTEMPTS=`, in
 * seconds, for the whole file) and one check a line, `/path expected content`; `//host/path` and `https://host/path` ask
 * for that host. A line that is not understood rejects the file: a check that is skipped silently is missed when it counts.
 * Source: Dokku 0.28's "Zero Downtime Deploy Checks", and what its converter to app.json makes of such files.
 */
export const checksLimits = { bytes: 64 * 1024, checks: 20 }

type Settings = Record<'WAIT' | 'TIMEOUT' | 'ATTEMPTS', number>
type Asked = Pick<Extract<Healthcheck['probe'], { kind: 'http' }>, 'scheme' | 'path' | 'content' | 'headers'>

const longest: Settings = { WAIT: 86_400, TIMEOUT: 86_400, ATTEMPTS: 1_000 }

/** Empty where the file has nothing but settings. @throws RELEASE.CHECKS_INVALID, with the first bad line */
export function parseChecks(text: string): Healthcheck[] {
  if (Buffer.byteLength(text) > checksLimits.bytes) throw invalid(1, 'it is larger than 64 KB.')
  const settings: Settings = { WAIT: 5, TIMEOUT: 30, ATTEMPTS: 5 }
  const asked: Asked[] = []
  for (const [index, given] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = readable(given.trim(), index + 1)
    if (line === '' || line.startsWith('#')) continue
    if (/^[A-Za-z_]\w*\s*=/.test(line)) Object.assign(settings, readSetting(line, index + 1))
    else asked.push(readCheck(line, index + 1))
    if (asked.length > checksLimits.checks) throw invalid(index + 1, 'it has more than 20 checks.')
  }
  return asked.map((check, number) => healthcheck(check, settings, number + 1))
}

function healthcheck(asked: Asked, { WAIT, TIMEOUT, ATTEMPTS }: Settings, number: number): Healthcheck {
  return {
    type: 'startup',
    name: `check-${number}`,
    probe: { kind: 'http', port: null, ...asked },
    initialDelayMs: 0,
    attempts: ATTEMPTS,
    timeoutMs: TIMEOUT * 1_000,
    waitMs: WAIT * 1_000,
  }
}

function readable(line: string, number: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) throw invalid(number, 'it holds a control character.')
  return line
}

function readSetting(line: string, number: number): Partial<Settings> {
  const [, name = '', value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? []
  if (!Object.hasOwn(longest, name)) {
    throw invalid(number, `${printable(name)} is no setting; WAIT, TIMEOUT and ATTEMPTS are.`)
  }
  const most = longest[name as keyof Settings]
  const least = name === 'WAIT' ? 0 : 1
  const count = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN
  if (count >= least && count <= most) return { [name]: count }
  throw invalid(number, `${name} is ${printable(value)}, not a whole number from ${least} to ${most}.`)
}

const address = /^(?:(?:(https?):)?\/\/([^/\s]+))?(\/\S*)?$/

function readCheck(line: string, number: number): Asked {
  if (line.includes('{{')) throw invalid(number, 'templates ({{ … }}) are not filled in here.')
  const [url = '', ...rest] = line.split(/[ \t]+/)
  const [, scheme, host, path] = address.exec(url) ?? []
  if (host === undefined && path === undefined) {
    throw invalid(number, `${printable(url)} is neither a path (/…) nor an address (//host/…).`)
  }
  if (!/^[\x21-\x7e]*$/.test(path ?? '')) throw invalid(number, 'its path holds more than plain characters.')
  if (host !== undefined && !/^[A-Za-z0-9._-]{1,253}(?::\d{1,5})?$/.test(host)) {
    throw invalid(number, `${printable(host)} is not a host.`)
  }
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    path: path ?? '/',
    content: rest.length === 0 ? null : line.slice(url.length).trim(),
    headers: host === undefined ? [] : [{ name: 'Host', value: host }],
  }
}

function invalid(line: number, reason: string) {
  return releaseError['RELEASE.CHECKS_INVALID']({ line, reason })
}
