import type { ReactNode } from 'react'

/** A short list of things with what can be done to each: keys, members, places. For many rows there is Table. */
export function ItemList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="divide-y divide-line rounded-md border border-line bg-surface">
      {children}
    </ul>
  )
}

type ItemProps = {
  title: ReactNode
  /** Beside the title: a word about it. */
  mark?: ReactNode
  /** Under the title, quieter: a line, or several. */
  children?: ReactNode
  /** At the right; below on a phone where `stacks`. */
  action?: ReactNode
  stacks?: boolean
}

export function Item({ title, mark, children, action, stacks }: ItemProps) {
  return (
    <li
      className={`flex items-center justify-between gap-x-4 gap-y-3 px-4 py-3 ${stacks ? 'max-sm:flex-col max-sm:items-stretch' : ''}`}
    >
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className="max-w-full truncate font-medium">{title}</span>
          {mark}
        </div>
        {children && <div className="flex min-w-0 flex-col gap-0.5 text-sm text-muted">{children}</div>}
      </div>
      {action && <div className="flex shrink-0 flex-wrap items-center gap-2">{action}</div>}
    </li>
  )
}
