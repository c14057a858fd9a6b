import type { ReactNode } from 'react'

/** A title, a sentence, and what to do. */
export function OpenPage({
  title,
  lead,
  children,
}: {
  title: string
  lead?: ReactNode
  children?: ReactNode
}) {
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-1.5">
        <h1 className="text-2xl font-semibold tracking-tight text-balance">{title}</h1>
        {lead && <p className="text-muted text-pretty">{lead}</p>}
      </div>
      {children}
    </div>
  )
}
