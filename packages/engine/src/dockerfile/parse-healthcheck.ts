import { buildError } from '../build/errors.ts'
import type { Healthcheck } from '../engine.ts'
import type { CommandLine } from './instruction.ts'
import { type FlagKinds, type Flags, parseFlags } from './parse-flags.ts'
import type { Place } from './source-text.ts'

const kinds: FlagKinds = {
  interval: 'text',
  timeout: 'text',
  'start-period': 'text',
  'start-interval': 'text',
  retries: 'text',
}
const millisecondsPer: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/** `HEALTHCHECK NONE`, or `HEALTHCHECK [flags] CMD command`. @throws BUILD.SYNTAX, BUILD.UNKNOWN_FLAG */
export function parseHealthcheck(
  text: string,
  place: Place,
  escapeChar: string,
  commandLine: (text: string) => CommandLine | null,
): Healthcheck {
  const flags = parseFlags('HEALTHCHECK', text, kinds, place, escapeChar)
  const [, type = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(flags.rest) ?? []
  if (type.toUpperCase() === 'NONE') return none(rest, place)
  return {
    test: probe(type, commandLine(rest), place),
    intervalMs: duration(flags, 'interval', place),
    timeoutMs: duration(flags, 'timeout', place),
    startPeriodMs: duration(flags, 'start-period', place),
    startIntervalMs: duration(flags, 'start-interval', place),
    retries: retries(flags.text('retries'), place),
  }
}

/** Flags before it mean nothing. */
function none(rest: string, place: Place): Healthcheck {
  if (rest.trim() !== '') fail(place, 'HEALTHCHECK NONE takes nothing else.')
  return { test: ['NONE'], intervalMs: 0, timeoutMs: 0, startPeriodMs: 0, startIntervalMs: 0, retries: 0 }
}

function probe(type: string, command: CommandLine | null, place: Place): string[] {
  if (type.toUpperCase() !== 'CMD') fail(place, 'HEALTHCHECK is followed by CMD and a command, or by NONE.')
  if (command === null || (command.form === 'exec' && command.words.length === 0)) {
    fail(place, 'HEALTHCHECK CMD needs a command.')
  }
  return command.form === 'exec' ? ['CMD', ...command.words] : ['CMD-SHELL', command.line]
}

/** Go's notation: `1m30s`, `500ms`. Nothing given: 0, the default. */
function duration(flags: Flags, name: string, place: Place): number {
  const given = flags.text(name)
  if (given === null || /^[+-]?0$/.test(given)) return 0
  const unsigned = given.replace(/^\+/, '')
  const parts = [...unsigned.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)]
  if (given.length > 40 || parts.map((part) => part[0]).join('') !== unsigned || parts.length === 0) {
    fail(place, `--${name} is a duration such as 30s or 1m30s.`)
  }
  const ms = parts.reduce((sum, part) => sum + Number(part[1]) * (millisecondsPer[part[2] ?? ''] ?? 0), 0)
  if (ms !== 0 && ms < 1) fail(place, `--${name} may not be shorter than 1ms.`)
  return Math.round(ms)
}

function retries(given: string | null, place: Place): number {
  if (given === null) return 0
  if (!/^\d{1,6}$/.test(given)) fail(place, '--retries is a whole number.')
  return Number(given)
}

function fail(place: Place, problem: string): never {
  throw buildError['BUILD.SYNTAX']({ place, problem })
}
