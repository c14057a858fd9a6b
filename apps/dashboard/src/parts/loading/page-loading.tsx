import { setTimeout as sleep } from 'node:timers/promises'
import { Loading, Skeleton, SkeletonLine, SkeletonTable } from '@berth/ui'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { Page } from '../page.tsx'

/**
 * What stands in a page's place while it is read: blocks as large as what will come, so that nothing jumps. A page's
 * `loading.tsx` names the shape that is nearest to it. It comes late on purpose: what was there before stays until the
 * page is there, or until it is slow (a fallback that is not ready itself is not shown). The tabs prefetch nothing, or
 * React would show a prefetched shape at once and hold the page back behind it.
 */

/** A title, and a table under it: the pages of a team. */
export function ListLoading() {
  return (
    <Frame>
      <SkeletonLine size="xl" className="w-40" />
      <SkeletonTable rows={6} tall />
    </Frame>
  )
}

/** A table alone: the lists of an app, whose name stands above. */
export function TableLoading() {
  return (
    <Frame>
      <SkeletonTable rows={8} />
    </Frame>
  )
}

/** Filters above a table or a log. */
export function FilteredLoading() {
  return (
    <Frame>
      <div className="flex flex-wrap gap-2">
        <Skeleton className="h-9 w-64 max-w-full" />
        <Skeleton className="h-9 w-36" />
      </div>
      <Skeleton className="h-[60dvh] rounded-md" />
    </Frame>
  )
}

/** The release on top, instances beside each other, a table. */
export function OverviewLoading() {
  return (
    <Frame>
      <Skeleton className="h-24 rounded-md" />
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <Skeleton className="h-36 rounded-md" />
        <Skeleton className="h-36 rounded-md max-sm:hidden" />
        <Skeleton className="h-36 rounded-md max-lg:hidden" />
      </div>
      <SkeletonTable rows={4} />
    </Frame>
  )
}

/** The steps on the left, the log on the right. */
export function DeploymentLoading() {
  return (
    <Frame>
      <Skeleton className="h-24 rounded-md" />
      <div className="grid gap-6 lg:grid-cols-[18rem_minmax(0,1fr)]">
        <Skeleton className="h-64 rounded-md" />
        <Skeleton className="h-[50dvh] rounded-md" />
      </div>
    </Frame>
  )
}

/** Plots under each other. */
export function PlotsLoading() {
  return (
    <Frame>
      <div className="flex flex-wrap gap-2">
        <Skeleton className="h-9 w-72 max-w-full" />
      </div>
      <div className="grid gap-6 lg:grid-cols-2">
        {[1, 2, 3, 4].map((plot) => (
          <Skeleton key={plot} className="h-60 rounded-md" />
        ))}
      </div>
    </Frame>
  )
}

/** Titled parts with something to fill in. */
export function FormLoading() {
  return (
    <Frame>
      {[1, 2, 3].map((part) => (
        <div key={part} className="flex max-w-2xl flex-col gap-3">
          <SkeletonLine className="w-44" />
          <Skeleton className="h-24 rounded-md" />
        </div>
      ))}
    </Frame>
  )
}

/** Most pages are read sooner, and go from one to the other without a flicker between. */
const slowAfterMs = 300

async function Frame({ children }: { children: ReactNode }) {
  const asksForDocument = (await headers()).get('accept')?.includes('text/html')
  // A document is not sent before its fallbacks are ready, whether they are needed or not.
  if (!asksForDocument) await sleep(slowAfterMs)
  return (
    <div data-loads-page="" className="contents">
      <Page>
        <Loading>{children}</Loading>
      </Page>
    </div>
  )
}
