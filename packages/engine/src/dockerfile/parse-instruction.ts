import { buildError } from '../build/errors.ts'
import type { Assignment, CommandLine, Instruction, StageInstruction } from './instruction.ts'
import { at, emptyLine, fail, jsonWords, type LineParts, wordsBetweenBlanks } from './line-parts.ts'
import { nearestWord } from './nearest-word.ts'
import { parseCopy } from './parse-copy.ts'
import { parseFlags } from './parse-flags.ts'
import { parseHealthcheck } from './parse-healthcheck.ts'
import { parseRun } from './parse-run.ts'
import type { LogicalLine } from './read-lines.ts'
import type { Place } from './source-text.ts'
import { splitWords } from './split-words.ts'

/**
 * One logical line → one instruction, by a table of keywords. What is not in the table is an error: nothing is skipped.
 * Reference: Docker's "Dockerfile reference"; BuildKit's frontend/dockerfile/instructions.
 */
type Parser = (line: LineParts) => Instruction

const parsers: Readonly<Record<string, Parser>> = {
  FROM: parseFrom,
  RUN: (line) => parseRun(line, commandLine(line)),
  COPY: parseCopy,
  ADD: parseCopy,
  WORKDIR: (line) => ({ ...at(line, 'WORKDIR'), path: oneArgument(line) }),
  ENV: (line) => ({ ...at(line, 'ENV'), assignments: assignments(line) }),
  LABEL: (line) => ({ ...at(line, 'LABEL'), assignments: assignments(line) }),
  ARG: parseArg,
  EXPOSE: (line) => ({ ...at(line, 'EXPOSE'), ports: oneArgument(line) }),
  CMD: (line) => ({ ...at(line, 'CMD'), command: commandLine(line)(withoutFlags(line).rest) ?? emptyLine }),
  ENTRYPOINT: (line) => ({ ...at(line, 'ENTRYPOINT'), command: commandLine(line)(withoutFlags(line).rest) }),
  USER: (line) => ({ ...at(line, 'USER'), user: oneArgument(line) }),
  VOLUME: parseVolume,
  HEALTHCHECK: (line) => ({
    ...at(line, 'HEALTHCHECK'),
    healthcheck: parseHealthcheck(line.rest, line.place, line.escape, commandLine(line)),
  }),
  STOPSIGNAL: (line) => ({ ...at(line, 'STOPSIGNAL'), signal: oneArgument(line) }),
  SHELL: parseShell,
  MAINTAINER: (line) => ({ ...at(line, 'MAINTAINER'), name: oneArgument(line) }),
  ONBUILD: parseOnbuild,
}

export const keywords: readonly string[] = Object.keys(parsers)

/** @throws BUILD.SYNTAX, BUILD.UNKNOWN_INSTRUCTION, BUILD.UNKNOWN_FLAG, BUILD.UNSUPPORTED */
export function parseInstruction(line: LogicalLine, escapeChar: '\\' | '`'): Instruction {
  const text = line.text.trim()
  const [given = ''] = wordsBetweenBlanks(text)
  const rest = text.slice(given.length)
  const keyword = given.toUpperCase()
  const parse = Object.hasOwn(parsers, keyword) ? parsers[keyword] : undefined
  if (parse === undefined) {
    throw buildError['BUILD.UNKNOWN_INSTRUCTION']({
      place: line.place,
      given,
      near: nearestWord(given, keywords),
    })
  }
  const title = `${keyword} ${rest.trim()}`.trim().replace(/\p{Cc}/gu, ' ')
  return parse({
    keyword,
    rest: rest.trim(),
    text: title,
    place: line.place,
    escape: escapeChar,
    heredocs: line.heredocs,
  })
}

function commandLine(line: LineParts): (text: string) => CommandLine | null {
  return (text) => {
    const words = jsonWords(text, line.place)
    if (words !== undefined) return { form: 'exec', words }
    return text.trim() === '' ? null : { form: 'shell', line: text.trim() }
  }
}

function parseFrom(line: LineParts): Instruction {
  const flags = parseFlags('FROM', line.rest, { platform: 'text' }, line.place, line.escape)
  const words = wordsBetweenBlanks(flags.rest)
  const [image, as, name] = words
  if (image === undefined) fail(line.place, 'FROM needs an image.', 'For example: FROM debian:bookworm-slim')
  if (words.length !== 1 && (words.length !== 3 || as?.toUpperCase() !== 'AS')) {
    fail(line.place, 'FROM takes an image, and then AS and a name if the stage has one.')
  }
  return {
    ...at(line, 'FROM'),
    image,
    platform: flags.text('platform'),
    name: name === undefined ? null : stageName(name, line.place),
  }
}

function stageName(given: string, place: Place): string {
  const name = given.toLowerCase()
  if (!/^[a-z][a-z0-9-_.]*$/.test(name) || name.length > 128) {
    fail(place, 'a stage name begins with a letter and holds letters, digits, "-", "_" and "." only.')
  }
  return name
}

function parseArg(line: LineParts): Instruction {
  const words = splitWords(withoutFlags(line).rest, line.escape)
  if (words.length === 0) fail(line.place, 'ARG needs a name.')
  const declarations = words.map((word) => {
    const equals = word.indexOf('=')
    const name = equals < 0 ? word : word.slice(0, equals)
    checkName(name, line)
    return { name, value: equals < 0 ? null : word.slice(equals + 1) }
  })
  return { ...at(line, 'ARG'), declarations }
}

/** `NAME=value NAME=value`, or the old form with one pair: `NAME the rest`. */
function assignments(line: LineParts): Assignment[] {
  const { rest } = withoutFlags(line)
  const words = splitWords(rest, line.escape)
  const first = words[0]
  if (first === undefined) fail(line.place, `${line.keyword} needs a name and a value.`)
  const pairs = first.includes('=') ? words.map((word) => pair(word, line)) : [oldPair(rest, line)]
  for (const { name } of pairs) checkName(name, line)
  return pairs
}

function pair(word: string, line: LineParts): Assignment {
  const equals = word.indexOf('=')
  if (equals < 0) {
    fail(
      line.place,
      `${word.slice(0, 60)} has no "=": the form is NAME=value.`,
      'Put quotes around a value with spaces in it.',
    )
  }
  return { name: word.slice(0, equals), value: word.slice(equals + 1) }
}

function oldPair(rest: string, line: LineParts): Assignment {
  const match = /^(\S+)\s+(.*)$/s.exec(rest)
  if (match === null) fail(line.place, `${line.keyword} needs a name and a value: NAME=value.`)
  return { name: match[1] ?? '', value: match[2] ?? '' }
}

/** Labels may be named in any way. */
function checkName(name: string, line: LineParts): void {
  if (name === '') fail(line.place, `${line.keyword} has a value without a name.`)
}

function parseVolume(line: LineParts): Instruction {
  const { rest } = withoutFlags(line)
  const paths = jsonWords(rest, line.place) ?? wordsBetweenBlanks(rest)
  if (paths.length === 0) fail(line.place, 'VOLUME needs a path.')
  if (paths.some((path) => path.trim() === '')) fail(line.place, 'VOLUME has an empty path.')
  return { ...at(line, 'VOLUME'), paths }
}

function parseShell(line: LineParts): Instruction {
  const words = jsonWords(withoutFlags(line).rest, line.place)
  if (words === undefined) {
    fail(line.place, 'SHELL needs a JSON list of words.', 'For example: SHELL ["/bin/bash", "-c"]')
  }
  if (words.length === 0) fail(line.place, 'SHELL needs at least one word.')
  return { ...at(line, 'SHELL'), words }
}

function parseOnbuild(line: LineParts): Instruction {
  const trigger = withoutFlags(line).rest
  if (trigger === '') fail(line.place, 'ONBUILD needs an instruction.')
  const keyword = (wordsBetweenBlanks(trigger)[0] ?? '').toUpperCase()
  if (keyword === 'ONBUILD') fail(line.place, 'ONBUILD ONBUILD is not allowed: one stage carries no further.')
  if (keyword === 'FROM' || keyword === 'MAINTAINER') fail(line.place, `ONBUILD ${keyword} is not allowed.`)
  const bodies = line.heredocs.map(({ name, content }) => `\n${content}${name}`)
  return { ...at(line, 'ONBUILD'), trigger: trigger + bodies.join('') }
}

function oneArgument(line: LineParts): string {
  const { rest } = withoutFlags(line)
  if (rest === '') fail(line.place, `${line.keyword} needs a value.`)
  return rest
}

function withoutFlags(line: LineParts): LineParts {
  if (!line.rest.startsWith('--')) return line
  return { ...line, rest: parseFlags(line.keyword, line.rest, {}, line.place, line.escape).rest }
}

export function isStageInstruction(instruction: Instruction): instruction is StageInstruction {
  return instruction.keyword !== 'FROM'
}
