'use client'

import { Button } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { startTransition, useEffect } from 'react'

/** A page that could not be read: most often the database is being restarted. It tries again by itself. */
export function PageError({ reset }: { reset: () => void }) {
  const router = useRouter()
  useEffect(() => {
    const again = () =>
      startTransition(() => {
        router.refresh()
        reset()
      })
    const timer = setInterval(again, 5000)
    return () => clearInterval(timer)
  }, [reset, router])
  return (
    <div
      className="mx-auto flex min-h-[60dvh] max-w-md flex-col items-start justify-center gap-6 px-4"
      role="alert"
    >
      <div className="flex flex-col gap-1.5">
        <h1 className="text-2xl font-semibold tracking-tight">This page cannot be read at the moment</h1>
        <p className="text-muted">
          The database may be restarting. Running apps are not affected. The page is tried again every five
          seconds.
        </p>
      </div>
      <Button onClick={() => location.reload()}>Try now</Button>
    </div>
  )
}
