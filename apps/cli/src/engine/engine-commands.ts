import type { Command } from 'commander'
import { addBuildVerb } from './build-verb.ts'
import { addContainerVerbs } from './container-verbs.ts'
import { addCopyVerb } from './copy-verb.ts'
import { addImageVerbs } from './image-verbs.ts'
import { addKeepVerbs } from './keep-verbs.ts'
import { addLookVerbs } from './look-verbs.ts'
import { addRunVerbs } from './run-verbs.ts'
import { addTransferVerbs } from './transfer-verbs.ts'
import { addVolumeVerbs } from './volume-verbs.ts'
import { addWatchVerbs } from './watch-verbs.ts'

/** The engine's own words, with Docker's names and flags, for root at the machine. */
export function addEngineCommands(program: Command): void {
  const engine = program
    .command('engine')
    .description('containers and images of this machine, under Docker’s names')
    .enablePositionalOptions()
  addBuildVerb(engine)
  addRunVerbs(engine)
  addContainerVerbs(engine)
  addImageVerbs(engine)
  addTransferVerbs(engine)
  addLookVerbs(engine)
  addVolumeVerbs(engine)
  addWatchVerbs(engine)
  addCopyVerb(engine)
  addKeepVerbs(engine)
}
