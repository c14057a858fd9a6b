'use client'

import {
  type ComponentPropsWithRef,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useRef,
} from 'react'
import { classNames } from './class-names.ts'
import { ChevronIcon } from './icons.tsx'
import { nextRow } from './next-row.ts'

export type Column = {
  title: string
  /** Read aloud and not shown: above buttons. */
  isQuiet?: boolean
  /** Its cells are numbers: they end on one line (`Cell isNumber`). */
  isNumber?: boolean
  sorted?: 'ascending' | 'descending'
  /** The heading is a button that sorts by it. On a phone the headings are not shown: offer a Select as well. */
  onSort?: () => void
}

type TableProps = { label: string; head: readonly (string | Column)[]; children: ReactNode }

/**
 * A table whose rows a keyboard can walk: arrows (or j and k), Home and End move, Enter opens. A row opens through the
 * link inside it that carries `data-opens`, so that opening in a new tab, copying the address and reading aloud work
 * as everywhere on the web.
 */
export function Table({ label, head, children }: TableProps) {
  const body = useRef<HTMLTableSectionElement>(null)
  return (
    <div className="overflow-x-auto rounded-md border border-line bg-surface">
      <table className="w-full border-collapse text-left max-sm:block" aria-label={label}>
        <thead className="max-sm:sr-only">
          <tr className="border-b border-line">
            {head.map((title) => {
              const column = typeof title === 'string' ? { title } : title
              return <Heading key={column.title} {...column} />
            })}
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

function Heading({ title, isQuiet, isNumber, sorted, onSort }: Column) {
  const look = classNames(
    'px-4 py-2.5 text-xs font-medium whitespace-nowrap text-muted',
    isNumber && 'text-right',
  )
  if (onSort === undefined)
    return (
      <th scope="col" className={look}>
        {isQuiet ? <span className="sr-only">{title}</span> : title}
      </th>
    )
  return (
    <th scope="col" className={look} aria-sort={sorted ?? 'none'}>
      <button
        type="button"
        onClick={onSort}
        className={classNames(
          '-mx-1.5 -my-1 inline-flex items-center gap-1 rounded-sm px-1.5 py-1 hover:bg-hover hover:text-text',
          sorted && 'text-text',
        )}
      >
        {title}
        <ChevronIcon
          className={classNames(
            'size-3 transition-transform',
            sorted === 'ascending' ? '-rotate-90' : 'rotate-90',
            !sorted && 'invisible',
          )}
        />
      </button>
    </th>
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

type CellProps = ComponentPropsWithRef<'td'> & { wide?: boolean; isNumber?: boolean }

export function Cell({ wide, isNumber, children, className, ...rest }: CellProps) {
  return (
    <td
      className={classNames(
        'px-4 py-3 align-middle max-sm:p-0',
        wide && 'max-sm:min-w-0 max-sm:basis-full',
        isNumber && 'tabular-nums sm:text-right',
        className,
      )}
      {...rest}
    >
      {children}
    </td>
  )
}

function walk(body: HTMLElement, event: KeyboardEvent) {
  if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return
  const links = [...body.querySelectorAll<HTMLElement>('[data-row] [data-opens]')]
  const row = document.activeElement?.closest('[data-row]')
  const at = links.findIndex((link) => row?.contains(link))
  const to = nextRow(event.key, at, links.length)
  if (to === null) return
  event.preventDefault()
  links[to]?.focus()
}

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest('input, select, textarea') !== null
}

function openUnlessSelecting(event: MouseEvent<HTMLTableRowElement>) {
  const target = event.target as HTMLElement
  if (target.closest('a, button, input, select, textarea, label, summary') || getSelection()?.toString())
    return
  event.currentTarget.querySelector<HTMLElement>('[data-opens]')?.click()
}
