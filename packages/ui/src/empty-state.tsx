import type { ReactNode } from 'react'

/** Nothing here yet: says so, and teaches the next step. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col gap-4 rounded-md border border-dashed border-line-strong px-6 py-8 max-sm:px-4">
      <p className="text-lg font-medium">{title}</p>
      {children}
    </div>
  )
}
