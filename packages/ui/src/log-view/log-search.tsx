'use client'

import { type RefObject, useEffect } from 'react'
import { DownIcon, SearchIcon, UpIcon } from '../icons.tsx'
import { sayNumber } from '../say.ts'
import { useTypedEarly } from '../use-typed-early.ts'
import { BarButton } from './bar-button.tsx'

type LogSearchProps = {
  field: RefObject<HTMLInputElement | null>
  text: string
  onText: (text: string) => void
  /** Null: it filters, and there is nothing to step through. `at`: from 1; 0: none is chosen. */
  steps: { at: number; of: number; isDone: boolean } | null
  onStep: (direction: 1 | -1) => void
  /** Escape in it: back to the lines. */
  onLeave: () => void
}

/**
 * Only the lines in sight are on the page, so that the browser's own search would miss the others: Ctrl-F leads
 * here, and a second time to the browser's. A page with keys of single letters leads here with `/`, as to every search.
 */
export function LogSearch({ field, text, onText, steps, onStep, onLeave }: LogSearchProps) {
  useSearchKeys(field)
  useTypedEarly(field, text, onText)
  return (
    <div className="flex min-w-40 flex-1 items-center gap-0.5">
      <label className="relative flex max-w-72 min-w-0 flex-1 items-center">
        <SearchIcon className="pointer-events-none absolute left-2 size-3.5 text-faint" />
        <span className="sr-only">Search in the log</span>
        <input
          ref={field}
          type="search"
          value={text}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onLeave()
            if (event.key !== 'Enter' || !steps) return
            event.preventDefault()
            onStep(event.shiftKey ? -1 : 1)
          }}
          placeholder="Search"
          aria-keyshortcuts="Control+F"
          title="Ctrl-F leads here. Enter: the next one, Shift and Enter: the one before."
          className="h-7 w-full rounded-sm bg-transparent pr-2 pl-7 text-sm placeholder:text-faint hover:bg-hover focus-visible:outline-offset-0 max-sm:text-lg"
        />
      </label>
      {steps && text !== '' && (
        <>
          <span className="px-1 text-xs whitespace-nowrap text-muted tabular-nums" role="status">
            {sayPlace(steps)}
          </span>
          <BarButton label="The one before" onClick={() => onStep(-1)} disabled={steps.of === 0}>
            <UpIcon className="size-3.5" />
          </BarButton>
          <BarButton label="The next one" onClick={() => onStep(1)} disabled={steps.of === 0}>
            <DownIcon className="size-3.5" />
          </BarButton>
        </>
      )}
    </div>
  )
}

function sayPlace({ at, of, isDone }: { at: number; of: number; isDone: boolean }): string {
  if (of === 0) return isDone ? 'Not found' : 'Searching'
  const all = `${sayNumber(of)}${isDone ? '' : '+'}`
  return at === 0 ? `${all} lines` : `${sayNumber(at)} of ${all}`
}

function useSearchKeys(field: RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const element = field.current
      const isFind = event.key === 'f' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
      if (!element || document.activeElement === element || !isFind) return
      event.preventDefault()
      element.focus()
      element.select()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [field])
}
