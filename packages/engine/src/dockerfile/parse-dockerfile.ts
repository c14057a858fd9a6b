import { buildError } from '../build/errors.ts'
import type { ArgInstruction, Dockerfile, FromInstruction, Stage, StageInstruction } from './instruction.ts'
import { isStageInstruction, parseInstruction } from './parse-instruction.ts'
import { readLines } from './read-lines.ts'

const mostInstructions = 2_000

/**
 * A Dockerfile's text → its stages. `path` is what errors call the file.
 * @throws BUILD.SYNTAX, BUILD.UNKNOWN_INSTRUCTION, BUILD.UNKNOWN_FLAG, BUILD.UNSUPPORTED
 */
export function parseDockerfile(path: string, text: string): Dockerfile {
  const { source, directives, lines } = readLines(path, text)
  const place = { source, line: Math.max(1, source.lines.length), endLine: source.lines.length }
  if (lines.length > mostInstructions) {
    throw buildError['BUILD.SYNTAX']({
      place,
      problem: `the file has more than ${mostInstructions} instructions.`,
    })
  }
  const instructions = lines.map((line) => parseInstruction(line, directives.escape))
  const firstFrom = instructions.findIndex((instruction) => instruction.keyword === 'FROM')
  const globals = firstFrom < 0 ? instructions : instructions.slice(0, firstFrom)
  const misplaced = globals.find((instruction) => instruction.keyword !== 'ARG')
  if (misplaced !== undefined || firstFrom < 0) {
    throw buildError['BUILD.SYNTAX']({
      place: misplaced?.place ?? { ...place, line: 1, endLine: 1 },
      problem: misplaced ? `${misplaced.keyword} stands before the first FROM.` : 'the file has no FROM.',
      hint: 'Begin with FROM and a base image. For example: FROM debian:bookworm-slim',
    })
  }
  return {
    source,
    directives,
    globalArguments: globals.filter((each): each is ArgInstruction => each.keyword === 'ARG'),
    stages: intoStages(instructions.slice(firstFrom)),
  }
}

function intoStages(instructions: readonly (FromInstruction | StageInstruction)[]): Stage[] {
  const stages: { from: FromInstruction; instructions: StageInstruction[] }[] = []
  for (const instruction of instructions) {
    if (isStageInstruction(instruction)) stages.at(-1)?.instructions.push(instruction)
    else stages.push({ from: instruction, instructions: [] })
  }
  return stages.map((stage, index) => ({ index, name: stage.from.name, ...stage }))
}
