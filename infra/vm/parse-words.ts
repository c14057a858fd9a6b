import { parseArgs } from 'node:util'

export type VmWords = { rebuild: boolean; memoryMb: number; command: readonly string[] }

const options = {
  rebuild: { type: 'boolean', default: false },
  memory: { type: 'string', default: '4096' },
} as const

const leastMemoryMb = 512

/** Our options end where the command begins, whose own are not ours. @throws where an option is none of ours */
export function parseWords(given: readonly string[]): VmWords {
  const { tokens } = parseArgs({
    args: [...given],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const end = tokens.find(({ kind }) => kind !== 'option')?.index ?? given.length
  const { values } = parseArgs({ args: given.slice(0, end), options })
  const memoryMb = Number(values.memory)
  if (!Number.isInteger(memoryMb) || memoryMb < leastMemoryMb) {
    throw new Error(`--memory wants megabytes, at least ${leastMemoryMb}.`)
  }
  const command = given.slice(given[end] === '--' ? end + 1 : end)
  return { rebuild: values.rebuild, memoryMb, command }
}
