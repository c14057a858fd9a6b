import type { ReactNode } from 'react'

/** One component with its name. */
export function Shown({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <span className="font-mono text-xs text-muted">{name}</span>
      <div className="flex min-w-0 flex-col gap-3">{children}</div>
    </div>
  )
}

export function Line({ children }: { children: ReactNode }) {
  return <div className="flex min-w-0 flex-wrap items-center gap-3">{children}</div>
}
