import type { ReactNode } from 'react'

/** The width and the rhythm that all pages share. */
export function Page({ children, wide }: { children: ReactNode; wide?: boolean }) {
  return (
    <div
      className={`mx-auto flex w-full flex-col gap-8 px-6 py-8 max-sm:px-4 max-sm:py-6 ${wide ? 'max-w-7xl' : 'max-w-6xl'}`}
    >
      {children}
    </div>
  )
}

export function PageTitle({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-4">
      <h1 className="text-xl font-semibold tracking-tight">{children}</h1>
      {action}
    </div>
  )
}
