import type { Finding } from './rules.ts'
import type { WrittenInstruction } from './written-instruction.ts'

/** NoEmptyContinuation, MaintainerDeprecated and InvalidDefinitionDescription: seen in each instruction by itself. */
export function writingFindings(written: WrittenInstruction): Finding[] {
  return [...emptyContinuation(written), ...maintainer(written), ...description(written)]
}

/** Told, as BuildKit does, at the line where the instruction ends. */
function emptyContinuation({ hasEmptyLine, lastLine }: WrittenInstruction): Finding[] {
  const text = 'there is an empty line within this instruction: remove it, or make it a comment.'
  return hasEmptyLine ? [{ rule: 'NoEmptyContinuation', line: lastLine, text }] : []
}

function maintainer({ keyword, line }: WrittenInstruction): Finding[] {
  const text = 'MAINTAINER is out of use: write LABEL org.opencontainers.image.authors="…" instead.'
  return keyword.toUpperCase() === 'MAINTAINER' ? [{ rule: 'MaintainerDeprecated', line, text }] : []
}

/** The comment above ARG, or FROM with a name, is taken for a description: it begins with what it describes. */
function description(written: WrittenInstruction): Finding[] {
  const { commentAbove, line } = written
  const names = describedNames(written)
  const first = commentAbove?.split(' ')[0] ?? ''
  if (first === '' || names.length === 0 || names.includes(first)) return []
  const name = names.length === 1 ? names[0] : 'NAME'
  const text = `the comment above ${written.keyword.toUpperCase()} describes it: begin it with "# ${name} …", or put a line with "#" alone between.`
  return [{ rule: 'InvalidDefinitionDescription', line, text }]
}

function describedNames({ keyword, rest }: WrittenInstruction): string[] {
  const words = rest.split(/\s+/).filter((word) => word !== '' && !word.startsWith('--'))
  if (keyword.toUpperCase() === 'ARG') return words.map((word) => word.split('=')[0] ?? '')
  const [, , name] = words
  return keyword.toUpperCase() === 'FROM' && name !== undefined ? [name.toLowerCase()] : []
}
