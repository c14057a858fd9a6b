'use client'

import type { DomainView } from '@berth/api'
import type { ErrorRecord } from '@berth/domain'
import type { DomainLead } from '@berth/observe'
import { useCallback, useEffect, useRef, useState } from 'react'
import { failureIn, trpc } from '../../live/trpc.ts'

const everyMs = 15_000
/** Five minutes: who is still here then presses the button. */
const mostTurns = 20

type Options = { enabled: boolean; onSeen: () => void }

/** Looks where a domain leads, and again until it leads here, for as long as somebody watches. */
export function useLead(app: string, { host, verifiedAt }: DomainView, { enabled, onSeen }: Options) {
  const [lead, setLead] = useState<DomainLead | null>(null)
  const [failure, setFailure] = useState<ErrorRecord | null>(null)
  const [isLooking, setLooking] = useState(false)
  const seen = useRef(onSeen)
  seen.current = onSeen
  const look = useCallback(async (): Promise<boolean> => {
    setLooking(true)
    try {
      const found = await trpc.domains.verify.query({ app, host })
      setLead(found)
      setFailure(null)
      if (found.leadsHere) seen.current()
      return found.leadsHere
    } catch (error) {
      setFailure(failureIn(error))
      return false
    } finally {
      setLooking(false)
    }
  }, [app, host])
  const isWaiting = enabled && verifiedAt === null
  useEffect(() => {
    if (!isWaiting) return
    let turns = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const turn = async () => {
      const done = document.hidden ? false : await look()
      turns += 1
      if (!done && !isOver && turns < mostTurns) timer = setTimeout(turn, everyMs)
    }
    turn()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [isWaiting, look])
  return { lead, failure, isLooking, look }
}
