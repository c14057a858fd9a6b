import { createHash } from 'node:crypto'
import type { StepAction } from './plan.ts'
import type { ContextSource } from './select-sources.ts'

/** Raised when the same definition begins to give another result. */
const keyVersion = 1

/**
 * SHA-256 of all that a step's definition and the context decide of its result. What its parent and its other inputs
 * hold is not in it. Files count by content id, place and executable bit, never by time.
 */
export function definitionKey(action: StepAction): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([keyVersion, keyed(action)]))
  if (action.kind === 'copy') for (const source of action.sources) addSource(hash, source)
  return hash.digest('hex')
}

function keyed(action: StepAction): unknown {
  switch (action.kind) {
    case 'run': {
      const { unkeyedEnv: _proxies, env, ...rest } = action
      return { ...rest, env: Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1)) }
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

/** Everything that COPY takes of the context counts. */
export function addSource(hash: ReturnType<typeof createHash>, source: ContextSource): void {
  hash.update(JSON.stringify([source.kind, source.name, source.entries.length]))
  for (const { path, entry } of source.entries) {
    hash.update(`${JSON.stringify(path)} ${entry.kind} ${entry.executable ? 'x' : '-'} ${entry.contentId}\n`)
  }
}
