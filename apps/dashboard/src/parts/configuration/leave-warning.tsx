'use client'

import { Button, Dialog } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'

/** Who is about to leave something unsaved is asked first: by us on our own links, by the browser where it goes elsewhere. */
export function LeaveWarning({ isDirty, onLeave }: { isDirty: boolean; onLeave: () => void }) {
  const router = useRouter()
  const [wanted, setWanted] = useState<string | null>(null)
  useEffect(() => {
    if (!isDirty) return
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault()
    const onClick = (event: MouseEvent) => {
      const path = leadsAway(event)
      if (path === null) return
      event.preventDefault()
      event.stopPropagation()
      setWanted(path)
    }
    addEventListener('beforeunload', onUnload)
    // Before the link's own listener, which would go there at once.
    document.addEventListener('click', onClick, { capture: true })
    return () => {
      removeEventListener('beforeunload', onUnload)
      document.removeEventListener('click', onClick, { capture: true })
    }
  }, [isDirty])
  return (
    <Dialog
      open={wanted !== null}
      onOpenChange={(open) => !open && setWanted(null)}
      title="Leave without saving"
      description="Your draft would be lost: nothing of it is saved yet."
    >
      <div className="flex justify-end gap-2">
        <Button onClick={() => setWanted(null)}>Stay here</Button>
        <Button
          look="danger"
          onClick={() => {
            onLeave()
            if (wanted !== null) router.push(wanted)
          }}
        >
          Discard and leave
        </Button>
      </div>
    </Dialog>
  )
}

/** Another page of ours, in this tab; null: it stays here, or the browser asks. */
function leadsAway(event: MouseEvent): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!(link instanceof HTMLAnchorElement) || link.target === '_blank' || link.hasAttribute('download'))
    return null
  if (link.origin !== location.origin || link.pathname === location.pathname) return null
  return link.pathname + link.search + link.hash
}
