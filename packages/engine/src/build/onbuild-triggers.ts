import { shareBudget } from '../dockerfile/expand-words.ts'
import type { Stage, StageInstruction } from '../dockerfile/instruction.ts'
import { fail } from '../dockerfile/line-parts.ts'
import { isStageInstruction, parseInstruction } from '../dockerfile/parse-instruction.ts'
import { readLines } from '../dockerfile/read-lines.ts'

const mostTriggers = 1_000

/**
 * ONBUILD of what a stage stands on: its instructions run first, and are not handed on. They were written elsewhere, so
 * the escape directive of this Dockerfile means nothing to them.
 * @throws BUILD.SYNTAX, BUILD.UNKNOWN_INSTRUCTION, BUILD.UNKNOWN_FLAG, BUILD.UNSUPPORTED
 */
export function onbuildTriggers({ from }: Stage, triggers: readonly string[]): StageInstruction[] {
  if (triggers.length > mostTriggers)
    fail(from.place, `the image has more than ${mostTriggers} ONBUILD instructions.`)
  return triggers.map((text) => {
    const { source, lines } = readLines(`ONBUILD of ${from.image.slice(0, 100)}`, text)
    shareBudget(source, from.place.source)
    const [line] = lines
    if (line === undefined || lines.length > 1) {
      fail(from.place, `an ONBUILD of ${from.image.slice(0, 100)} holds more or less than one instruction.`)
    }
    const instruction = parseInstruction(line, '\\')
    if (!isStageInstruction(instruction)) fail(line.place, 'ONBUILD FROM is not allowed.')
    return instruction
  })
}
