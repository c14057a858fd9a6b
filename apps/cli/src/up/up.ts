import { become } from '@berth/command'
import type { Settings } from '@berth/domain'
import { cliError } from '../errors.ts'
import { insideCommand } from './code-root.ts'

/**
 * `berth up`: every process of the platform in one terminal. What runs them is a program of its own (supervisor.ts), which this
 * process becomes: it stays for weeks, and keeps nothing of the command line in memory.
 */
export function up(settings: Settings): never {
  if (process.getuid?.() !== 0) throw cliError['UP.NOT_ROOT']({})
  become(insideCommand(settings, ownEnvironment()))
}

function ownEnvironment(): Record<string, string> {
  const given = Object.entries(process.env).filter(([name]) =>
    /^(BERTH_|DATABASE_URL$|NODE_EXTRA_CA_CERTS$)/.test(name),
  )
  return Object.fromEntries(given) as Record<string, string>
}
