'use client'

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { isAtEnd } from './visible-rows.ts'

export type Scroll = {
  scrollTop: number
  height: number
  following: boolean
  onScroll: () => void
  follow: (on: boolean) => void
  scrollToRow: (row: number) => void
}

/** Where the list stands, and whether it follows its end. Scrolling up stops following; reaching the end starts it. */
export function useScroll(
  box: RefObject<HTMLElement | null>,
  options: { rowHeight: number; count: number; follow: boolean },
): Scroll {
  const { rowHeight, count } = options
  const [position, setPosition] = useState({ scrollTop: 0, height: 600 })
  const [following, setFollowing] = useState(options.follow)
  const pinned = useRef(options.follow)

  const read = useCallback(() => {
    const element = box.current
    if (element) setPosition({ scrollTop: element.scrollTop, height: element.clientHeight })
  }, [box])

  const follow = useCallback(
    (on: boolean) => {
      pinned.current = on
      setFollowing(on)
      if (on && box.current) box.current.scrollTop = box.current.scrollHeight
    },
    [box],
  )

  const onScroll = useCallback(() => {
    const element = box.current
    if (!element) return
    const { scrollTop, clientHeight, scrollHeight } = element
    const end = isAtEnd({ scrollTop, height: clientHeight, scrollHeight, rowHeight })
    pinned.current = end
    setFollowing(end)
    read()
  }, [box, read, rowHeight])

  const scrollToRow = useCallback(
    (row: number) => {
      const element = box.current
      if (!element) return
      pinned.current = false
      setFollowing(false)
      element.scrollTop = Math.max(0, row * rowHeight - element.clientHeight / 3)
      read()
    },
    [box, read, rowHeight],
  )

  useEffect(() => {
    const element = box.current
    if (!element) return
    read()
    const observer = new ResizeObserver(read)
    observer.observe(element)
    return () => observer.disconnect()
  }, [box, read])

  // After new rows were laid out and before they are painted: no jump is seen.
  useLayoutEffect(() => {
    if (count > 0 && pinned.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [box, count])

  return { ...position, following, onScroll, follow, scrollToRow }
}
