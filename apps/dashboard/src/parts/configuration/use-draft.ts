'use client'

import type { ConfigurationView } from '@berth/api'
import { useState } from 'react'
import { changesIn, type Draft, noDraft } from './draft.ts'

/** `base`: what was saved when the draft was begun, or when its person last said to go on. */
type Kept = { draft: Draft; base: ConfigurationView }

/**
 * Of each app, for as long as this tab is not loaded anew: who goes back or to another page finds it here again. Never in the
 * address nor in what a browser stores.
 */
const kept = new Map<string, Kept>()

export function useDraft(app: string, now: ConfigurationView) {
  const [state, setState] = useState<Kept>(() => kept.get(app) ?? { draft: noDraft, base: now })
  const isEmpty = changesIn(state.draft) === 0
  const base = isEmpty ? now : state.base
  const keep = (next: Kept) => {
    if (changesIn(next.draft) === 0) kept.delete(app)
    else kept.set(app, next)
    setState(next)
  }
  return {
    draft: state.draft,
    base,
    isEmpty,
    /** Somebody has saved something since. */
    isOvertaken: timeOf(base) !== timeOf(now),
    change: (act: (draft: Draft) => Draft) => keep({ draft: act(state.draft), base }),
    discard: () => keep({ draft: noDraft, base: now }),
    goOn: () => keep({ draft: state.draft, base: now }),
  }
}

export type HeldDraft = ReturnType<typeof useDraft>

function timeOf({ changed }: ConfigurationView): string | null {
  return changed?.at ?? null
}
