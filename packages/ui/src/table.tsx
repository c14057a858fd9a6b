'use client'

import {
  type ComponentPropsWithRef,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useRef,
} from 'react'
import { classNames } from './class-names.ts'
import { nextRow } from './next-row.ts'

/**
 * A table whose rows a keyboard can walk: arrows (or j and k), Home and End move, Enter opens. A row opens through the
 * link inside it that carries `data-opens`, so that opening in a new tab, copying the address and reading aloud work
 * as everywhere on the web.
 */
export function Table({ label, head, children }: { label: string; head: string[]; children: ReactNode }) {
  const body = useRef<HTMLTableSectionElement>(null)
  return (
    <div className="overflow-x-auto rounded-md border border-line bg-surface">
      <table className="w-full border-collapse text-left max-sm:block" aria-label={label}>
        <thead className="max-sm:sr-only">
          <tr className="border-b border-line">
            {head.map((title) => (
              <th key={title} scope="col" className="px-4 py-2.5 text-xs font-medium text-muted">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody
          ref={body}
          className="max-sm:block"
          onKeyDown={(event) => body.current && walk(body.current, event)}
        >
          {children}
        </tbody>
      </table>
    </div>
  )
}

/** On a phone the cells of a row flow; a `wide` one takes a line of its own. */
export function Row({ children, className, ...rest }: ComponentPropsWithRef<'tr'>) {
  return (
    <tr
      tabIndex={-1}
      data-row=""
      onClick={openUnlessSelecting}
      className={classNames(
        'border-b border-line last:border-0 has-[[data-opens]]:cursor-pointer has-[[data-opens]]:hover:bg-hover focus-within:bg-hover focus-visible:outline-none',
        'max-sm:flex max-sm:flex-wrap max-sm:items-baseline max-sm:gap-x-3 max-sm:gap-y-1 max-sm:px-4 max-sm:py-3.5',
        className,
      )}
      {...rest}
    >
      {children}
    </tr>
  )
}

export function Cell({
  wide,
  children,
  className,
  ...rest
}: ComponentPropsWithRef<'td'> & { wide?: boolean }) {
  return (
    <td
      className={classNames(
        'px-4 py-3 align-middle max-sm:p-0',
        wide && 'max-sm:min-w-0 max-sm:basis-full',
        className,
      )}
      {...rest}
    >
      {children}
    </td>
  )
}

function walk(body: HTMLElement, event: KeyboardEvent) {
  if (event.target instanceof HTMLInputElement || event.metaKey || event.ctrlKey || event.altKey) return
  const links = [...body.querySelectorAll<HTMLElement>('[data-row] [data-opens]')]
  const row = document.activeElement?.closest('[data-row]')
  const at = links.findIndex((link) => row?.contains(link))
  const to = nextRow(event.key, at, links.length)
  if (to === null) return
  event.preventDefault()
  links[to]?.focus()
}

function openUnlessSelecting(event: MouseEvent<HTMLTableRowElement>) {
  const target = event.target as HTMLElement
  if (target.closest('a, button, input, summary') || getSelection()?.toString()) return
  event.currentTarget.querySelector<HTMLElement>('[data-opens]')?.click()
}
