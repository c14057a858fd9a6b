import type { InstanceView } from '@berth/observe'

type Exit = NonNullable<InstanceView['lastExit']>

/** Why an instance ended, in a sentence. */
export function sayExit(exit: Pick<Exit, 'code' | 'signal' | 'outOfMemory'>): string {
  if (exit.outOfMemory) return 'Killed: out of memory.'
  if (exit.signal) return `Ended by ${exit.signal}.`
  if (exit.code === 0) return 'Ended by itself, with exit code 0.'
  return `Crashed with exit code ${exit.code}.`
}
