import { buildError } from '../build/errors.ts'
import type { CommandLine, RunInstruction } from './instruction.ts'
import { at, emptyLine, fail, type LineParts } from './line-parts.ts'
import { parseMountFlag } from './mount-flag.ts'
import { nearestWord } from './nearest-word.ts'
import { type FlagKinds, parseFlags } from './parse-flags.ts'
import { quoted } from './source-text.ts'

const kinds: FlagKinds = { mount: 'list', network: 'text', security: 'text', device: 'list' }

/** @throws BUILD.SYNTAX, BUILD.UNSUPPORTED */
export function parseRun(line: LineParts, commandLine: (text: string) => CommandLine | null): RunInstruction {
  const flags = parseFlags('RUN', line.rest, kinds, line.place, line.escape)
  const unsupported = (what: string, instead: string) =>
    buildError['BUILD.UNSUPPORTED']({ place: line.place, what, instead })
  if (flags.list('device').length > 0) throw unsupported('RUN --device', 'A build has no devices.')
  checkSecurity(flags.text('security') ?? 'sandbox', line)
  const command = commandLine(flags.rest) ?? emptyLine
  if (command.form === 'exec' && command.words.length === 0) fail(line.place, 'RUN needs a command.')
  return {
    ...at(line, 'RUN'),
    command,
    network: network(flags.text('network') ?? 'default', line),
    heredocs: command.form === 'shell' ? line.heredocs : [],
    mounts: flags.list('mount').map((text) => parseMountFlag(text, line.place)),
  }
}

function checkSecurity(given: string, line: LineParts): void {
  if (given === 'sandbox') return
  if (given !== 'insecure') failChoice('--security', given, ['sandbox', 'insecure'], line)
  throw buildError['BUILD.UNSUPPORTED']({
    place: line.place,
    what: 'RUN --security=insecure',
    instead: 'A build never has privileges over the host.',
  })
}

function network(given: string, line: LineParts): 'bridge' | 'none' {
  if (given === 'none') return 'none'
  if (given === 'default') return 'bridge'
  if (given !== 'host') failChoice('--network', given, ['default', 'none', 'host'], line)
  throw buildError['BUILD.UNSUPPORTED']({
    place: line.place,
    what: 'RUN --network=host',
    instead: "A build never sees the host's network: use --network=default or --network=none.",
  })
}

function failChoice(flag: string, given: string, known: readonly string[], line: LineParts): never {
  const near = nearestWord(given, known)
  const problem = `${flag} may be ${known.join(' or ')}; this is ${quoted(given)}.`
  fail(line.place, problem, near === undefined ? undefined : `Did you mean ${near}?`)
}
