'use client'

import { useApp } from '../app-frame.tsx'
import { NothingHere } from '../not-found.tsx'

/** A page that the app does not have, below its tabs: a deployment that is gone, a mistyped address. */
export function AppNotFound() {
  const { name } = useApp().value
  return (
    <NothingHere href={`/apps/${name}`} link={`Overview of ${name}`}>
      {`${name} has no such page. What it showed may be gone.`}
    </NothingHere>
  )
}
