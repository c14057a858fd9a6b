import type { Command } from '../command.ts'
import { environment } from './local-runner.ts'

/** Finds the program on the PATH, as execve(2) itself does not. */
const finder = '/usr/bin/env'

/**
 * This process becomes that program: same process id, same terminal, same children, nothing of ours left. Only what was set
 * up to outlive it does. Does not return.
 */
export function become(command: Command): never {
  const { execve } = process
  if (execve === undefined) throw new Error('This Node cannot become another program; it takes version 24.')
  if (command.cwd !== undefined) process.chdir(command.cwd)
  // Its words are ours; `env` takes those before the program with a = for variables, which a program's name never holds.
  // Next makes NODE_ENV a part of this type, and the dashboard is checked with it.
  execve.call(process, finder, [finder, ...command.argv], environment(command) as NodeJS.ProcessEnv)
  throw new Error(`${command.argv[0]} was not started`)
}
