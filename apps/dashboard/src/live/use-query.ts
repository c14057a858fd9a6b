'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback, useLayoutEffect, useState } from 'react'

/**
 * What is looked at, in the address: a link shows another person the same, and "back" leads to it. A value that is the usual
 * one is not said. Changing it does not ask the server.
 */
export function useQuery<Words extends Readonly<Record<string, string>>>(
  usual: Words,
): [Words, (change: Partial<Words>) => void] {
  const path = usePathname()
  const said = useSearchParams()
  // The router follows the address a moment later; a letter that is typed in between counts too.
  const [ahead, setAhead] = useState<URLSearchParams | null>(null)
  useLayoutEffect(() => {
    if (ahead !== null && new URLSearchParams(location.search).toString() === said.toString()) setAhead(null)
  })
  const words = ahead ?? said
  const now = Object.fromEntries(
    Object.entries(usual).map(([name, word]) => [name, words.get(name) ?? word]),
  ) as Words
  const change = useCallback(
    (words: Partial<Words>) => {
      const next = new URLSearchParams(location.search)
      for (const [name, word] of Object.entries(words)) {
        if (word === undefined || word === usual[name]) next.delete(name)
        else next.set(name, word)
      }
      setAhead(next)
      const query = next.toString()
      history.replaceState(null, '', `${path}${query === '' ? '' : `?${query}`}${location.hash}`)
    },
    [path, usual],
  )
  return [now, change]
}
