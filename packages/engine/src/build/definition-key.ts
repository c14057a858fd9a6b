import { createHash } from 'node:crypto'
import { entryMode } from '@berth/domain'
import { usualDirectoryMode } from './context.ts'
import type { RunMount, StepAction } from './plan.ts'
import { type ContextSource, directoriesOf } from './select-sources.ts'

/** Raised when the same definition begins to give another result. */
const keyVersion = 1

/**
 * SHA-256 of all that a step's definition and the context decide of its result. What its parent and its other inputs
 * hold is not in it. Files count by content id, place and mode, never by time; directories by place and mode.
 */
export function definitionKey(action: StepAction): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([keyVersion, keyed(action)]))
  for (const source of contextSources(action)) addSource(hash, source)
  return hash.digest('hex')
}

function keyed(action: StepAction): unknown {
  switch (action.kind) {
    case 'run': {
      const { unkeyedEnv: _proxies, env, mounts, ...rest } = action
      const sorted = Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1))
      return { ...rest, env: sorted, mounts: mounts.map(keyedMount) }
    }
    case 'copy': {
      const { sources: _content, ...rest } = action
      return rest
    }
    case 'copy-from': {
      const { from: _input, fromName: _name, ...rest } = action
      return rest
    }
    case 'workdir':
      return action
  }
}

/**
 * What a cache holds never counts, nor what a secret is: only where they are seen. Files of the context are added by
 * their content; what other roots hold is the executor's to add.
 */
function keyedMount(mount: RunMount): unknown {
  if (mount.type !== 'bind' && mount.type !== 'cache') return mount
  const { from } = mount
  if (from?.kind === 'root') return { ...mount, from: { kind: from.kind, source: from.source } }
  const sourceMode = mount.type === 'bind' ? from?.source.modes?.get('') : undefined
  return { ...mount, from: from?.kind, sourceMode }
}

function contextSources(action: StepAction): readonly ContextSource[] {
  if (action.kind === 'copy') return action.sources
  if (action.kind !== 'run') return []
  return action.mounts.flatMap((mount) =>
    mount.type === 'bind' && mount.from.kind === 'context' ? [mount.from.source] : [],
  )
}

/** Looked for only where there may be any: a source may have tens of thousands of directories. */
function unusualModes(source: ContextSource): [string, number][] {
  if (!source.modes?.size) return []
  return [...directoriesOf(source)].filter(([, mode]) => mode !== usualDirectoryMode)
}

/** Everything that COPY takes of the context counts. */
export function addSource(hash: ReturnType<typeof createHash>, source: ContextSource): void {
  const { kind, name, entries, empty = [] } = source
  hash.update(JSON.stringify([kind, name, entries.length, empty, unusualModes(source)]))
  for (const { path, entry } of source.entries) {
    const mode = entryMode(entry).toString(8)
    hash.update(`${JSON.stringify(path)} ${entry.kind} ${mode} ${entry.contentId}\n`)
  }
}
