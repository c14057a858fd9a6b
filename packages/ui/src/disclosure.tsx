import type { ReactNode } from 'react'
import { ChevronIcon } from './icons.tsx'

/** Folded away until asked for; works without a script. */
export function Disclosure({
  summary,
  children,
  open,
}: {
  summary: ReactNode
  children: ReactNode
  open?: boolean
}) {
  return (
    <details className="group" open={open}>
      <summary className="inline-flex list-none items-center gap-1.5 rounded-sm text-sm text-muted hover:text-text [&::-webkit-details-marker]:hidden">
        <ChevronIcon className="size-3 transition-transform group-open:rotate-90" />
        {summary}
      </summary>
      <div className="mt-3">{children}</div>
    </details>
  )
}
