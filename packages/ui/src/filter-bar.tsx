'use client'

import { type ReactNode, useRef } from 'react'
import { classNames } from './class-names.ts'
import { inputClass } from './field.tsx'
import { CloseIcon, SearchIcon } from './icons.tsx'
import { useTypedEarly } from './use-typed-early.ts'

/** What narrows a list, above it: a search, choices, and how many are left. On a phone it wraps. */
export function FilterBar({
  label,
  children,
  aside,
}: {
  label: string
  children: ReactNode
  aside?: ReactNode
}) {
  return (
    <search aria-label={label} className="flex flex-wrap items-center gap-2">
      {children}
      {aside && (
        <span role="status" className="ml-auto text-sm text-muted tabular-nums">
          {aside}
        </span>
      )}
    </search>
  )
}

type SearchFieldProps = {
  /** Read aloud, and shown while it is empty. */
  label: string
  value: string
  onChange: (value: string) => void
  /** What Enter does beyond narrowing. */
  onEnter?: () => void
  autoFocus?: boolean
  className?: string
}

/** Narrows while one types; Escape empties it. */
export function SearchField({ label, value, onChange, onEnter, className, ...rest }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null)
  useTypedEarly(field, value, onChange)
  return (
    <span className={classNames('relative inline-flex w-64 max-w-full max-sm:w-full', className)}>
      <SearchIcon className="pointer-events-none absolute top-2.5 left-3 size-4 text-faint" />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onEnter?.()
          if (event.key !== 'Escape' || value === '') return
          event.preventDefault()
          event.stopPropagation()
          onChange('')
        }}
        className={classNames(inputClass, 'pr-8 pl-9 [&::-webkit-search-cancel-button]:hidden')}
        {...rest}
      />
      {value !== '' && (
        <button
          type="button"
          onClick={() => onChange('')}
          className="absolute top-1 right-1 inline-flex size-7 items-center justify-center rounded-sm text-faint hover:text-text"
        >
          <CloseIcon className="size-3.5" />
          <span className="sr-only">Empty the search</span>
        </button>
      )}
    </span>
  )
}
