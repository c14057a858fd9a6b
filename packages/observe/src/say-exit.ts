/** How an instance ended: what the engine's `ContainerExit`, an `InstanceView` and a death have in common. */
export type Exit = {
  code: number
  signal: string | null
  outOfMemory: boolean
  /** Why, where more than the exit itself is known: its check gave it up, the machine was restarted. */
  reason?: string | null
}

/** Why an instance ended, in a sentence. */
export function sayExit(exit: Exit): string {
  if (exit.reason) return `Killed: ${exit.reason}.`
  if (exit.outOfMemory) return 'Killed: out of memory.'
  if (exit.signal) return `Ended by ${exit.signal}.`
  if (exit.code === 0) return 'Ended by itself, with exit code 0.'
  return `Crashed with exit code ${exit.code}.`
}

/** The same behind the instance's name: `web.1 crashed with exit code 1`. */
export function sayDeath(instance: string, exit: Exit): string {
  if (exit.reason) return `${instance} was killed: ${exit.reason}`
  if (exit.outOfMemory) return `${instance} was killed: out of memory`
  if (exit.signal) return `${instance} was ended by ${exit.signal}`
  if (exit.code === 0) return `${instance} ended by itself, with exit code 0`
  return `${instance} crashed with exit code ${exit.code}`
}
