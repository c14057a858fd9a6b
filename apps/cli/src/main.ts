/** The `berth` command: what its words mean stands in words.ts. */
import { answerLocalNames } from './local-names.ts'
import { newProgram } from './program.ts'
import { sayError } from './say-error.ts'
import { splitWord } from './split-word.ts'
import { addSaid } from './word-group.ts'
import { words } from './words.ts'

try {
  answerLocalNames()
  const program = newProgram()
  const said = splitWord(process.argv.slice(2))
  await addSaid(program, words, said[0])
  await program.parseAsync(said, { from: 'user' })
} catch (error) {
  process.exitCode = await sayError(error)
}
