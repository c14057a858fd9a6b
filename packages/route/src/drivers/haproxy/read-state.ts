import { identityVariable } from '../../haproxy-configuration.ts'
import { mapNames } from '../../haproxy-maps.ts'
import type { RuntimeServer, RuntimeState } from '../../plan-changes.ts'
import type { Ask } from './socket.ts'
import { refusal } from './tell.ts'

/** What the running HAProxy has. Formats: HAProxy 2.6's management guide, section 9.3. */
export async function readState(ask: Ask): Promise<RuntimeState> {
  const [identity, servers, ...maps] = await Promise.all([
    readIdentity(ask),
    ask('show servers state').then(parseServers),
    ...mapNames.map((name) => ask(`show map ${name}`).then(parseMap)),
  ])
  const [hosts = [], prefixes = []] = maps
  return { identity, servers, maps: { 'hosts.map': hosts, 'prefixes.map': prefixes } }
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
