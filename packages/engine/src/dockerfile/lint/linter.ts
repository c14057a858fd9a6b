import type { BuildWarning } from '@berth/domain'
import {
  type ArgumentOptions,
  type GivenArguments,
  globalVariables,
  type Platform,
} from '../../build/build-arguments.ts'
import type { ContextIndex } from '../../build/context.ts'
import { buildError } from '../../build/errors.ts'
import type { StageBase } from '../../build/find-stages.ts'
import type { Dockerfile, Stage, StageInstruction } from '../instruction.ts'
import { legacyFormat, secretNames } from './assignment-rules.ts'
import { casingFindings } from './casing-rules.ts'
import { type CheckOptions, counts, defaultChecks, failsBuild, parseCheckOptions } from './check-options.ts'
import { foreignImage, fromFindings } from './from-rules.ts'
import { ignoredCopies } from './ignored-copies.ts'
import { portFindings } from './port-rules.ts'
import type { Finding } from './rules.ts'
import { rememberedStage, type StageMemory } from './stage-memory.ts'
import { stageNameFindings } from './stage-name-rules.ts'
import { triggerFindings } from './trigger-findings.ts'
import { undefinedVariables } from './undefined-variables.ts'
import { writingFindings } from './writing-rules.ts'
import { type WrittenInstruction, writtenInstructions } from './written-instruction.ts'

/**
 * Warnings about a Dockerfile that would build, as BuildKit's linter gives them: the same rules under the same names, told at
 * the same lines, in words of our own. What can be seen in the file alone is said of all stages; what needs the base image
 * or the context, of those that the target needs.
 */
export type Linter = {
  /** Shows a stage that is being planned, and what it stands on. The result is shown each instruction. */
  enter(
    stage: Stage,
    base: StageBase,
    from: Platform,
  ): (instruction: StageInstruction, found: Surroundings) => void
  /** In the order of the file. */
  warnings(): BuildWarning[]
}

/** What an instruction finds where it stands. */
export type Surroundings = {
  variables: ReadonlyMap<string, string>
  /** The image's, or SHELL's. */
  hasOwnShell: boolean
}

export type LintOptions = ArgumentOptions & { index: ContextIndex }

/** The build argument that says the same as the directive, and wins. */
const checkArgument = 'BUILDKIT_DOCKERFILE_CHECK'

/** @throws BUILD.SYNTAX for a `check` that is none */
export function openLinter(dockerfile: Dockerfile, options: LintOptions): Linter {
  const written = writtenInstructions(dockerfile.source)
  const checks = checksOf(dockerfile, options.arguments)
  const findings = fileFindings(dockerfile, options, [...written.values()])
  const memories = new Map<number, StageMemory>()
  const given = new Set(Object.keys(options.arguments))
  const escapeChar = dockerfile.directives.escape

  function enter(stage: Stage, base: StageBase, from: Platform) {
    const memory = rememberedStage(base.kind === 'stage' ? memories.get(base.index) : undefined)
    if (base.kind === 'image') findings.push(...foreignImage(stage.from, from, options.platform))
    memories.set(stage.index, memory)
    return (instruction: StageInstruction, { variables, hasOwnShell }: Surroundings) => {
      // The triggers of a base image are not this file's.
      if (instruction.place.source !== dockerfile.source) return
      const scope = { variables, declared: memory.declared, given, escape: escapeChar }
      findings.push(
        ...undefinedVariables(instruction, scope),
        ...instructionFindings(instruction, scope),
        ...memory.look(instruction, { variables, hasOwnShell, escape: escapeChar }),
      )
    }
  }

  function instructionFindings(
    instruction: StageInstruction,
    scope: { variables: Surroundings['variables']; escape: '\\' | '`' },
  ): Finding[] {
    const asWritten = written.get(instruction.place.line)
    switch (instruction.keyword) {
      case 'ENV':
        return [...legacy(asWritten), ...secretNames(instruction)]
      case 'LABEL':
        return legacy(asWritten)
      case 'ARG':
        return secretNames(instruction)
      case 'EXPOSE':
        return portFindings(instruction, scope.variables, scope.escape)
      case 'COPY':
      case 'ADD':
        return ignoredCopies(instruction, options.index, scope)
      case 'ONBUILD':
        return triggerFindings(instruction)
      default:
        return []
    }
  }

  const legacy = (asWritten: WrittenInstruction | undefined) =>
    asWritten === undefined ? [] : legacyFormat(asWritten, escapeChar)

  const endOf = ({ line }: Finding) => written.get(line)?.endLine ?? line

  return {
    enter,
    warnings: () =>
      findings
        .filter((finding) => counts(finding, checks))
        .sort((one, other) => one.line - other.line)
        .map((finding) => ({ ...finding, endLine: endOf(finding), path: dockerfile.source.path })),
  }
}

/** What can be seen without planning. */
function fileFindings(
  dockerfile: Dockerfile,
  options: LintOptions,
  written: readonly WrittenInstruction[],
): Finding[] {
  const firstFrom = dockerfile.stages[0]?.from.place.line ?? 0
  const scope = {
    globals: globalVariables(dockerfile, options),
    defaults: globalVariables(dockerfile, { ...options, arguments: {} }),
    declared: new Set(
      dockerfile.globalArguments.flatMap((each) => each.declarations.map(({ name }) => name)),
    ),
    escape: dockerfile.directives.escape,
  }
  return [
    ...written.flatMap(writingFindings),
    ...casingFindings(written.filter(({ line }) => line >= firstFrom)),
    ...stageNameFindings(dockerfile.stages),
    ...dockerfile.stages.flatMap(({ from }) => fromFindings(from, scope)),
  ]
}

/** With `error=true`, a warning fails the build. @throws BUILD.CHECKS_FAILED, BUILD.SYNTAX */
export function assertChecks(
  dockerfile: Dockerfile,
  given: GivenArguments,
  warnings: readonly BuildWarning[],
): void {
  const broken = warnings.filter(failsBuild)
  if (broken.length === 0 || !checksOf(dockerfile, given).error) return
  const line = broken[0]?.line ?? 1
  throw buildError['BUILD.CHECKS_FAILED']({
    place: { source: dockerfile.source, line, endLine: line },
    rules: [...new Set(broken.map(({ rule }) => rule ?? ''))],
  })
}

function checksOf({ directives, source }: Dockerfile, given: GivenArguments): CheckOptions {
  // As in BuildKit, a directive ends with its first blank; the argument does not.
  const text = Object.hasOwn(given, checkArgument) ? given[checkArgument] : directives.check?.split(' ', 1)[0]
  if (text === undefined || text === null) return defaultChecks
  const options = parseCheckOptions(text)
  if (options !== undefined) return options
  const line = source.lines.findIndex((each) => /^\s*#\s*check\s*=/i.test(each)) + 1 || 1
  throw buildError['BUILD.SYNTAX']({
    place: { source, line, endLine: line },
    problem: 'check takes skip=NAMES, experimental=NAMES and error=true, with ";" between them.',
  })
}
