import type { HistoryEntry } from '../engine.ts'
import { historyComment } from './history-entry.ts'
import type { PlannedHistory } from './plan.ts'

/**
 * What is known once the steps are done: which of them made a layer. The entries that are not empty are as many as the
 * layers, as exports need it: a base image that does not tell where its layers come from gets entries that say nothing.
 */
export function resolveHistory(
  planned: readonly PlannedHistory[],
  made: ReadonlyMap<string, string | null>,
  layers: number,
): HistoryEntry[] {
  const entries = planned.map((each) => ('inherited' in each ? each.inherited : ownEntry(each, made)))
  const untold = layers - entries.filter((entry) => !entry.emptyLayer).length
  if (untold < 0) return []
  return [...Array.from({ length: untold }, () => unknownEntry), ...entries]
}

const unknownEntry: HistoryEntry = { createdBy: '', comment: '', emptyLayer: false, createdAt: null }

function ownEntry(
  { createdBy, step }: Extract<PlannedHistory, { createdBy: string }>,
  made: ReadonlyMap<string, string | null>,
): HistoryEntry {
  const emptyLayer = step === null || (made.get(step) ?? null) === null
  return { createdBy, comment: historyComment, emptyLayer, createdAt: null }
}
