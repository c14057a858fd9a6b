import type { ArgInstruction, EnvInstruction } from '../instruction.ts'
import { quoted } from '../source-text.ts'
import { splitWords } from '../split-words.ts'
import type { Finding } from './rules.ts'
import type { WrittenInstruction } from './written-instruction.ts'

/** LegacyKeyValueFormat: `ENV NAME the rest`, without an equals sign. */
export function legacyFormat(written: WrittenInstruction, escapeChar: '\\' | '`'): Finding[] {
  const first = splitWords(written.rest, escapeChar)[0]
  if (first === undefined || first.includes('=')) return []
  const { keyword } = written
  const text = `write ${keyword} key=value: the form ${keyword} key value is out of use.`
  return [{ rule: 'LegacyKeyValueFormat', line: written.line, text }]
}

/** Whole words between underscores. Source: BuildKit's rule of the same name. */
const secretWords = /(?:^|_)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i
const harmlessWords = /(?:^|_)(?:public|file|version)(?:_|$)/i

/** SecretsUsedInArgOrEnv: what they hold can be read by everyone who has the image. */
export function secretNames(instruction: ArgInstruction | EnvInstruction): Finding[] {
  const { keyword, place } = instruction
  const names = keyword === 'ARG' ? instruction.declarations : instruction.assignments
  return names
    .filter(({ name }) => secretWords.test(name) && !harmlessWords.test(name))
    .map(({ name }) => ({
      rule: 'SecretsUsedInArgOrEnv',
      line: place.line,
      text: `${keyword} ${quoted(name)} looks like a secret, and would stay in the image: use RUN --mount=type=secret.`,
    }))
}
