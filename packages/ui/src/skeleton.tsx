import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** The place of a text or a picture that is on its way; give it the size of what will stand there. It does not move. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={classNames('block rounded-sm bg-line/70', className)} />
}

/** Around the skeletons of one page: says once, aloud, that it is on its way. */
export function Loading({ children, label = 'Loading' }: { children: ReactNode; label?: string }) {
  return (
    <div role="status" className="contents">
      <span className="sr-only">{label}</span>
      {children}
    </div>
  )
}

/** A line of text: as high as its line. */
export function SkeletonLine({
  className = 'w-40',
  size = 'base',
}: {
  className?: string
  size?: 'sm' | 'base' | 'xl'
}) {
  const heights = { sm: 'h-5', base: 'h-5.5', xl: 'h-7' }
  return (
    <span aria-hidden="true" className={classNames('flex items-center', heights[size])}>
      <Skeleton className={classNames(size === 'xl' ? 'h-5' : 'h-3', 'max-w-full', className)} />
    </span>
  )
}

/** A table of so many rows; `tall`: rows of two lines. */
export function SkeletonTable({ rows, tall }: { rows: number; tall?: boolean }) {
  return (
    <div aria-hidden="true" className="rounded-md border border-line bg-surface">
      <div className="h-[37px] border-b border-line px-4 py-2.5 max-sm:hidden">
        <Skeleton className="h-3 w-24" />
      </div>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of nothing.
        <div key={row} className="flex flex-col gap-0 border-b border-line px-4 py-3 last:border-0">
          <SkeletonLine className={row % 2 ? 'w-56' : 'w-40'} />
          {tall && <SkeletonLine size="sm" className="w-72" />}
        </div>
      ))}
    </div>
  )
}
