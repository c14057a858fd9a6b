import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** A plane with a hairline around it. */
export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={classNames('rounded-md border border-line bg-surface', className)}>{children}</div>
}

type SectionProps = {
  title: string
  /** Stands at the right of the title: a link, a button. */
  action?: ReactNode
  description?: ReactNode
  children: ReactNode
  className?: string
}

/** A titled part of a page. */
export function Section({ title, action, description, children, className }: SectionProps) {
  return (
    <section className={classNames('flex flex-col gap-3', className)} aria-label={title}>
      <div className="flex min-h-7 items-center justify-between gap-4">
        <h2 className="text-base font-semibold">{title}</h2>
        {action}
      </div>
      {description && <p className="-mt-2 max-w-prose text-muted">{description}</p>}
      {children}
    </section>
  )
}
