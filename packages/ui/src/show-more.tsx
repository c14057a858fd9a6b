'use client'

import { Button } from './button.tsx'
import { sayNumber } from './say.ts'

type ShowMoreProps = {
  shown: number
  /** Null: nobody counted. */
  total?: number | null
  /** Of what: `deployments`. */
  noun: string
  /** Null: there are no more. */
  onMore: (() => void) | null
  busy?: boolean
}

/** Under a list that goes on: how much of it is shown, and the rest on request. What was shown stays where it is. */
export function ShowMore({ shown, total = null, noun, onMore, busy }: ShowMoreProps) {
  const of = total === null ? '' : ` of ${sayNumber(total)}`
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 text-sm text-muted">
      <span role="status" className="tabular-nums">
        {sayNumber(shown)}
        {of} {noun}
      </span>
      {onMore && (
        <Button size="small" onClick={onMore} busy={busy}>
          Show more
        </Button>
      )}
    </div>
  )
}
