'use client'

import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { RowPlaces } from './row-places.ts'
import { isAtEnd } from './visible-rows.ts'

export type Scroll = {
  scrollTop: number
  following: boolean
  onScroll: () => void
  follow: (on: boolean) => void
  scrollToRow: (row: number) => void
  /** What is above the window became higher by so much: what is in it stays where it is. */
  shift: (by: number) => void
}

/** Where the list stands, and whether it follows its end. Scrolling up stops following; reaching the end starts it. */
export function useScroll(
  box: RefObject<HTMLElement | null>,
  options: { rowHeight: number; places: RowPlaces; follow: boolean },
): Scroll {
  const { rowHeight, places } = options
  const [scrollTop, setScrollTop] = useState(0)
  const [following, setFollowing] = useState(options.follow)
  const pinned = useRef(options.follow)
  const latest = useRef(places)
  latest.current = places

  const pin = useCallback((on: boolean) => {
    pinned.current = on
    setFollowing(on)
  }, [])

  const follow = useCallback(
    (on: boolean) => {
      pin(on)
      if (on && box.current) box.current.scrollTop = box.current.scrollHeight
    },
    [box, pin],
  )

  const onScroll = useCallback(() => {
    if (!box.current) return
    const { scrollTop, clientHeight, scrollHeight } = box.current
    pin(isAtEnd({ scrollTop, height: clientHeight, scrollHeight, rowHeight }))
    setScrollTop(scrollTop)
  }, [box, pin, rowHeight])

  const scrollToRow = useCallback(
    (row: number) => {
      if (!box.current) return
      pin(false)
      box.current.scrollTop = Math.max(0, latest.current.topOf(row) - box.current.clientHeight / 3)
      setScrollTop(box.current.scrollTop)
    },
    [box, pin],
  )

  const shift = useCallback(
    (by: number) => {
      if (by === 0 || !box.current || pinned.current) return
      box.current.scrollTop += by
      setScrollTop(box.current.scrollTop)
    },
    [box],
  )

  // After new rows were laid out and before they are painted: no jump is seen.
  useLayoutEffect(() => {
    if (places.height > 0 && pinned.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [box, places.height])

  return { scrollTop, following, onScroll, follow, scrollToRow, shift }
}
