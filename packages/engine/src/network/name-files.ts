import { writeFile } from 'node:fs/promises'
import type { Resolvers } from './host-network.ts'

/** The three files about names that every container sees in place of its image's. */
export type NameFiles = { hosts: string; hostname: string; resolvers: string }

/** Where it sees them. */
export const nameTargets = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']

export function nameFiles(options: {
  hostname: string
  address: string | null
  resolvers: Resolvers
  /** Lines of others' names. */
  others?: readonly string[]
}): NameFiles {
  const { hostname, resolvers } = options
  return {
    hosts: hostsFile(options),
    hostname: `${hostname}\n`,
    resolvers: [
      ...resolvers.servers.map((server) => `nameserver ${server}`),
      ...(resolvers.search.length > 0 ? [`search ${resolvers.search.join(' ')}`] : []),
      ...(resolvers.options.length > 0 ? [`options ${resolvers.options.join(' ')}`] : []),
      '',
    ].join('\n'),
  }
}

export function hostsFile(options: {
  hostname: string
  address: string | null
  others?: readonly string[]
}): string {
  const { hostname, address, others = [] } = options
  return ['127.0.0.1 localhost', `${address ?? '127.0.1.1'} ${hostname}`, ...others, ''].join('\n')
}

/** Writes them into a bundle; returns the mounts that show them. They are the machine's root's: no container writes them. */
export async function writeNameFiles(directory: string, files: NameFiles) {
  const mounts = [
    { source: `${directory}/hosts`, target: '/etc/hosts', text: files.hosts },
    { source: `${directory}/hostname`, target: '/etc/hostname', text: files.hostname },
    { source: `${directory}/resolv.conf`, target: '/etc/resolv.conf', text: files.resolvers },
  ]
  await Promise.all(mounts.map(({ source, text }) => writeFile(source, text, { mode: 0o644 })))
  return mounts.map(({ source, target }) => ({ kind: 'bind' as const, source, target }))
}
