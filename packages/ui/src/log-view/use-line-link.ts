'use client'

import { useCallback, useEffect, useState } from 'react'

/** The line that the address names: `#L12`, or `?line=12`. Null: none. */
export function lineInAddress({ hash, search }: Pick<Location, 'hash' | 'search'>): number | null {
  const said = /^#L(\d{1,9})$/.exec(hash)?.[1] ?? new URLSearchParams(search).get('line')
  const number = /^[1-9]\d{0,8}$/.test(said ?? '') ? Number(said) : null
  return number
}

/** The line that is linked to, and how to link to another; the page does not load again. */
export function useLineLink(isOn: boolean): {
  linked: number | null
  link: (line: number | null) => void
} {
  const [linked, setLinked] = useState<number | null>(null)
  useEffect(() => {
    if (!isOn) return
    const read = () => setLinked(lineInAddress(location))
    read()
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [isOn])
  const link = useCallback((line: number | null) => {
    setLinked(line)
    history.replaceState(null, '', addressOf(location, line))
  }, [])
  return { linked, link }
}

/** The address of this page with that line, and no other. */
export function addressOf(
  { pathname, search }: Pick<Location, 'pathname' | 'search'>,
  line: number | null,
): string {
  const query = new URLSearchParams(search)
  query.delete('line')
  const kept = query.size > 0 ? `?${query}` : ''
  return `${pathname}${kept}${line === null ? '' : `#L${line}`}`
}
