import { isBerthError } from '@berth/domain'
import type { OnbuildInstruction } from '../instruction.ts'
import { parseInstruction } from '../parse-instruction.ts'
import { readLines } from '../read-lines.ts'
import type { Finding } from './rules.ts'

/** An ONBUILD that no build can carry out: it fails whoever builds on the image. Read as they read it. */
export function triggerFindings({ trigger, place }: OnbuildInstruction): Finding[] {
  try {
    for (const line of readLines(place.source.path, trigger).lines) parseInstruction(line, '\\')
    return []
  } catch (error) {
    if (!isBerthError(error)) throw error
    const [problem = ''] = error.message.replace(/^[^ ]*:\d+: /, '').split('\n')
    return [
      { rule: 'InvalidOnbuildTrigger', line: place.line, text: `Nobody can build on this image: ${problem}` },
    ]
  }
}
