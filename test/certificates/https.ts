import { command, localRunner } from '@berth/command'
import type { Platform } from '../platform/start-platform.ts'

/** What curl, a client that is not ours, sees: it asks for `url` as if the names led to this platform. */
export type Seen = { status: number; headers: string; body: string; exit: number }

export async function curl(
  platform: Platform,
  url: string,
  { ca, words = [] }: { ca?: string; words?: readonly string[] } = {},
): Promise<Seen> {
  const { hostname } = new URL(url)
  const { httpPort, httpsPort } = platform.settings
  const resolve = [httpPort, httpsPort].flatMap((port) => ['--resolve', `${hostname}:${port}:127.0.0.1`])
  const trust = ca === undefined ? ['--insecure'] : ['--cacert', ca]
  const result = await localRunner.run(
    command('curl', '--silent', '--include', '--max-time', '20', ...resolve, ...trust, ...words, url),
    { okStatuses: [0, 35, 52, 56, 60] },
  )
  const [headers = '', ...body] = result.stdout.split('\r\n\r\n')
  const status = Number(/^HTTP\/\S+ (\d+)/.exec(headers)?.[1] ?? 0)
  return { status, headers, body: body.join('\r\n\r\n'), exit: result.status }
}

/** The certificate that is shown for a name, as openssl sees it. */
export async function shownFor(
  platform: Platform,
  host: string,
): Promise<{ subject: string; names: string; serial: string }> {
  const connect = `127.0.0.1:${platform.settings.httpsPort}`
  const { stdout: shown } = await localRunner.run(
    command('openssl', 's_client', '-connect', connect, '-servername', host),
    { input: '', okStatuses: [0, 1] },
  )
  const { stdout } = await localRunner.run(
    command('openssl', 'x509', '-noout', '-subject', '-serial', '-ext', 'subjectAltName'),
    { input: shown, okStatuses: [0, 1] },
  )
  const find = (pattern: RegExp) => pattern.exec(stdout)?.[1] ?? ''
  return {
    subject: find(/subject=(.*)/),
    serial: find(/serial=(.*)/),
    names: [...stdout.matchAll(/DNS:([^,\s]+)/g)].map(([, name]) => name).join(' '),
  }
}
