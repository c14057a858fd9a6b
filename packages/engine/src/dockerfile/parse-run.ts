import { buildError } from '../build/errors.ts'
import type { CommandLine, RunInstruction } from './instruction.ts'
import { at, fail, type LineParts } from './line-parts.ts'
import { type FlagKinds, parseFlags } from './parse-flags.ts'

const kinds: FlagKinds = { mount: 'list', network: 'text', security: 'text', device: 'list' }

/** @throws BUILD.SYNTAX, BUILD.UNSUPPORTED */
export function parseRun(line: LineParts, commandLine: (text: string) => CommandLine | null): RunInstruction {
  const flags = parseFlags('RUN', line.rest, kinds, line.place, line.escape)
  const unsupported = (what: string, instead: string) =>
    buildError['BUILD.UNSUPPORTED']({ place: line.place, what, instead })
  if (flags.list('mount').length > 0) {
    throw unsupported(
      'RUN --mount',
      'Leave the flag out; steps whose input did not change are not run again.',
    )
  }
  if (flags.list('device').length > 0) throw unsupported('RUN --device', 'A build has no devices.')
  if ((flags.text('security') ?? 'sandbox') !== 'sandbox') {
    throw unsupported('RUN --security=insecure', 'A build never has privileges over the host.')
  }
  const command = commandLine(flags.rest)
  if (command === null || (command.form === 'exec' && command.words.length === 0)) {
    fail(line.place, 'RUN needs a command.')
  }
  return {
    ...at(line, 'RUN'),
    command,
    network: network(flags.text('network') ?? 'default', line),
    heredocs: command.form === 'shell' ? line.heredocs : [],
  }
}

function network(given: string, line: LineParts): 'bridge' | 'none' {
  if (given === 'none') return 'none'
  if (given === 'default') return 'bridge'
  throw buildError['BUILD.UNSUPPORTED']({
    place: line.place,
    what: `RUN --network=${given.slice(0, 40)}`,
    instead: 'Use --network=default or --network=none.',
  })
}
