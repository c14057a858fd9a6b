'use client'

import type { ReactNode } from 'react'
import { CloseIcon } from './icons.tsx'
import { Notice } from './notice.tsx'

export type SaidText = { tone?: 'good' | 'warn' | 'accent'; title: ReactNode; more?: ReactNode }

/**
 * What came of a change, beside where it was made. It stays until it is read and put away, or until something newer is
 * said; what went wrong is a notice of its own. The region is there from the start, so that its words are read aloud.
 */
export function Said({
  said,
  onRead,
  className,
}: {
  said: SaidText | null
  onRead: () => void
  className?: string
}) {
  return (
    <div aria-live="polite" className={said ? className : undefined}>
      {said && (
        <Notice
          tone={said.tone ?? 'good'}
          quiet
          title={said.title}
          action={
            <button
              type="button"
              onClick={onRead}
              className="-my-0.5 -mr-1.5 inline-flex size-7 shrink-0 items-center justify-center rounded-sm text-faint hover:text-text"
            >
              <CloseIcon className="size-3.5" />
              <span className="sr-only">Put away</span>
            </button>
          }
        >
          {said.more}
        </Notice>
      )}
    </div>
  )
}
