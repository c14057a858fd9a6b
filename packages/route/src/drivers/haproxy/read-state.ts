import { certificateListFile, certificatePath } from '../../certificate-name.ts'
import { identityVariable } from '../../haproxy-configuration.ts'
import { mapNames } from '../../haproxy-maps.ts'
import type { RuntimeServer, RuntimeState } from '../../plan-changes.ts'
import type { Ask } from './socket.ts'
import { refusal } from './tell.ts'

/** What the running HAProxy has. Formats: HAProxy 2.6's management guide, section 9.3. */
export async function readState(ask: Ask): Promise<RuntimeState> {
  const [identity, servers, maps, certificates] = await Promise.all([
    readIdentity(ask),
    ask('show servers state').then(parseServers),
    readMaps(ask),
    readCertificates(ask),
  ])
  return { identity, servers, maps, certificates }
}

/** Those that its configuration names: `1 (hosts.map) pattern loaded from file …` a line. */
async function readMaps(ask: Ask): Promise<RuntimeState['maps']> {
  const known = await ask('show map')
  const names = mapNames.filter((name) => known.includes(`(${name})`))
  const entries = names.map(async (name) => [name, parseMap(await ask(`show map ${name}`))] as const)
  return Object.fromEntries(await Promise.all(entries))
}

/** `certificates/NAME.pem` a line, and in the list the names behind it. */
async function readCertificates(ask: Ask): Promise<RuntimeState['certificates']> {
  const lists = await ask('show ssl crt-list')
  if (!lists.split('\n').includes(certificateListFile)) return null
  const [listed, held] = await Promise.all([
    ask(`show ssl crt-list ${certificateListFile}`),
    ask('show ssl cert'),
  ])
  return { listed: parseCertificates(listed), held: parseCertificates(held) }
}

export function parseCertificates(answer: string): string[] {
  const names = answer.split('\n').map((line) => line.split(' ')[0] ?? '')
  const ours = names.filter((name) => name.startsWith(certificatePath('')))
  return [...new Set(ours.map((name) => name.slice(certificatePath('').length)))]
}

/** Empty where HAProxy runs with a configuration that is not ours. */
export async function readIdentity(ask: Ask): Promise<string> {
  const answer = (await ask(`show env ${identityVariable}`)).trim()
  return answer.startsWith(`${identityVariable}=`) ? answer.slice(identityVariable.length + 1) : ''
}

/** The bits of `srv_admin_state`: 0x47 kinds of maintenance, 0x18 kinds of drain. Source: include/haproxy/server-t.h. */
const maintenance = 0x67
const drain = 0x18

export function parseServers(answer: string): RuntimeServer[] {
  const lines = answer.split('\n').filter((line) => /^\d+ \S+ \d+ /.test(line))
  return lines.map((line) => {
    const fields = line.split(' ')
    const admin = Number(fields[6])
    return {
      backend: fields[1] ?? '',
      name: fields[3] ?? '',
      address: fields[4] ?? '',
      port: Number(fields[18]),
      admin: admin & maintenance ? 'closed' : admin & drain ? 'drain' : 'open',
    }
  })
}

/** `0x55… key value` a line. */
export function parseMap(answer: string): (readonly [string, string])[] {
  const lines = answer.split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const [pointer = '', key, value] = line.split(' ')
    if (!pointer.startsWith('0x') || key === undefined || value === undefined) throw refusal(answer)
    return [key, value] as const
  })
}

/** The rows of `show stat`, with the columns asked for. Values of ours hold no commas and no quotes. */
export function parseStat<Column extends string>(
  answer: string,
  columns: readonly Column[],
): Record<Column, string>[] {
  const [header = '', ...rows] = answer.split('\n').filter((line) => line !== '')
  if (!header.startsWith('# ')) throw refusal(answer)
  const names = header.slice(2).split(',')
  const places = columns.map((column) => [column, names.indexOf(column)] as const)
  return rows.map((row) => {
    const values = row.split(',')
    const entries = places.map(([column, place]) => [column, values[place] ?? ''])
    return Object.fromEntries(entries) as Record<Column, string>
  })
}
