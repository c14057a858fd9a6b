'use client'

import type { ConfigurationChanged, ConfigurationView } from '@berth/api'
import { Button, floatClass, sayCount } from '@berth/ui'
import { useState } from 'react'
import { changesIn } from './draft.ts'
import { ReviewDialog } from './review-dialog.tsx'
import { saySaving } from './say-saving.ts'
import type { HeldDraft } from './use-draft.ts'

type DraftBarProps = {
  held: HeldDraft
  now: ConfigurationView
  onSaved: (changed: ConfigurationChanged) => void
  readNow: () => void
}

/** Stays in sight while something is not saved. */
export function DraftBar({ held, now, onSaved, readNow }: DraftBarProps) {
  const [reviewing, setReviewing] = useState(false)
  return (
    <section
      aria-label="Your draft"
      className={`${floatClass} sticky bottom-4 z-20 flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3`}
    >
      <div className="flex min-w-0 flex-1 flex-col max-sm:basis-full">
        <span role="status" className="font-medium">
          {sayCount(changesIn(held.draft), 'change')}, not saved yet
        </span>
        <span className="text-sm text-muted">{saySaving(now.next)}</span>
      </div>
      <div className="flex gap-2">
        <Button onClick={held.discard}>Discard</Button>
        <Button look="primary" onClick={() => setReviewing(true)}>
          Review and save
        </Button>
      </div>
      <ReviewDialog
        open={reviewing}
        onClose={() => setReviewing(false)}
        {...{ held, now, onSaved, readNow }}
      />
    </section>
  )
}
