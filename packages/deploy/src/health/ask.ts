import type { Healthcheck } from '@berth/domain'
import type { Container, Containers } from '@berth/engine'
import { acceptsConnection } from '../accepts-connection.ts'
import { type Answer, failed, passed, unknown } from './answer.ts'
import { askByCommand } from './ask-by-command.ts'
import { askByHttp } from './ask-by-http.ts'

/** An instance as its checks see it. */
export type Asked = {
  container: Pick<Container, 'id' | 'address' | 'startedAt'>
  /** Where it should listen: the PORT of web. */
  port: number
  /** What it is called from outside: the Host header, unless the check has one. */
  host: string
  containers: Pick<Containers, 'exec'>
  mask(text: string): string
}

const defaultTimeoutMs = 5_000

/** Asks once, for no longer than the check's timeout (and for as long as the engine needs to begin a command). */
export async function ask(asked: Asked, check: Healthcheck): Promise<Answer> {
  const timeoutMs = check.timeoutMs || defaultTimeoutMs
  const { probe } = check
  switch (probe.kind) {
    case 'http':
      return await askByHttp(asked, probe, timeoutMs)
    case 'command':
      return await askByCommand(asked, probe.argv, timeoutMs)
    case 'listening':
      return await askWhetherItListens(asked, probe.port ?? asked.port, timeoutMs)
    case 'uptime':
      return askUptime(asked, probe.uptimeMs)
  }
}

async function askWhetherItListens({ container }: Asked, port: number, timeoutMs: number): Promise<Answer> {
  if (container.address === null) return unknown('it has no address now')
  const accepted = await acceptsConnection({ address: container.address, port }, { timeoutMs })
  return accepted ? passed : failed(`nothing accepted a connection on port ${port}`)
}

function askUptime({ container }: Asked, uptimeMs: number): Answer {
  const ranMs = Date.now() - (container.startedAt ?? new Date()).getTime()
  return ranMs >= uptimeMs ? passed : failed(`it has run for ${Math.floor(ranMs / 1_000)} s`)
}

/** What a check asks, for people: its name, or else what it does. */
export function checkTitle({ name, probe }: Pick<Healthcheck, 'name' | 'probe'>): string {
  if (name !== null && name !== '') return JSON.stringify(name)
  switch (probe.kind) {
    case 'http':
      return `GET ${probe.path.slice(0, 100)}`
    case 'command':
      return probe.argv.join(' ').slice(0, 100)
    case 'listening':
      return 'listening'
    case 'uptime':
      return `uptime of ${probe.uptimeMs / 1_000} s`
  }
}
