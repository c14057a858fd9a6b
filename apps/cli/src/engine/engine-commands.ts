import type { Command } from 'commander'
import { addSaid, type WordGroup } from '../word-group.ts'

export const verbs: readonly WordGroup[] = [
  { words: ['build'], load: async () => (await import('./build-verb.ts')).addBuildVerb },
  {
    words: ['run', 'create', 'exec', 'attach'],
    load: async () => (await import('./run-verbs.ts')).addRunVerbs,
  },
  {
    words: ['ps', 'start', 'stop', 'kill', 'restart', 'pause', 'unpause', 'rename', 'rm', 'wait', 'logs'],
    load: async () => (await import('./container-verbs.ts')).addContainerVerbs,
  },
  {
    words: ['images', 'tag', 'rmi', 'load', 'import', 'prune'],
    load: async () => (await import('./image-verbs.ts')).addImageVerbs,
  },
  {
    words: ['pull', 'push', 'save'],
    load: async () => (await import('./transfer-verbs.ts')).addTransferVerbs,
  },
  {
    words: ['inspect', 'history', 'image-diff', 'df'],
    load: async () => (await import('./look-verbs.ts')).addLookVerbs,
  },
  { words: ['volume'], load: async () => (await import('./volume-verbs.ts')).addVolumeVerbs },
  { words: ['stats', 'top', 'events'], load: async () => (await import('./watch-verbs.ts')).addWatchVerbs },
  { words: ['cp'], load: async () => (await import('./copy-verb.ts')).addCopyVerb },
  {
    words: ['diff', 'commit', 'export', 'container-prune'],
    load: async () => (await import('./keep-verbs.ts')).addKeepVerbs,
  },
]

/** The engine's own words, with Docker's names and flags, for root at the machine. */
export async function addEngineCommands(program: Command): Promise<void> {
  const engine = program
    .command('engine')
    .description('containers and images of this machine, under Docker’s names')
    .enablePositionalOptions()
  await addSaid(engine, verbs, process.argv[3])
}
