import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Command, command } from '@berth/command'
import { places, type Settings } from '@berth/domain'
import type { ConfigurationOptions } from '../../haproxy-configuration.ts'
import { configurationFile, currentDirectory } from './files.ts'

export type HaproxyOptions = ConfigurationOptions & {
  /** Of its own: configuration, maps, pages. */
  directory: string
  masterSocket: string
}

export function haproxyOptions(settings: Settings): HaproxyOptions {
  const { frontDoor, haproxyAdminSocket, haproxyMasterSocket } = places(settings)
  return {
    directory: frontDoor,
    adminSocket: haproxyAdminSocket,
    masterSocket: haproxyMasterSocket,
    httpPort: settings.httpPort,
    tls:
      settings.httpsPort === null
        ? null
        : { port: settings.httpsPort, defaultCertificate: join(frontDoor, 'default.pem') },
    trustedProxies: settings.trustedProxies,
    addresses: hasIpv6() ? ['0.0.0.0', '[::]'] : ['0.0.0.0'],
    dropTo: dropTo(frontDoor),
    threads: Math.min(availableParallelism(), 4),
    maxConnections: 8_000,
  }
}

/**
 * In the foreground, as the supervisor's child. SIGTERM ends it at once, SIGUSR1 after its requests have ended; where
 * the master is killed, its worker ends by itself. Call `writeInitialConfiguration` before it is started the first time.
 */
export function haproxyCommand(options: Pick<HaproxyOptions, 'directory' | 'masterSocket'>): Command {
  const file = join(currentDirectory(options.directory), configurationFile)
  return command('haproxy', '-W', '-S', `${options.masterSocket},mode,600`, '-f', file)
}

function dropTo(directory: string): ConfigurationOptions['dropTo'] {
  if (process.getuid?.() !== 0) return null
  return { user: 'haproxy', group: 'haproxy', jail: join(directory, 'jail') }
}

/** A kernel without IPv6 has no such file, or an empty one. */
function hasIpv6(): boolean {
  try {
    return readFileSync('/proc/net/if_inet6', 'utf8').trim() !== ''
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
