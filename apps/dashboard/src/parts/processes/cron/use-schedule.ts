'use client'

import { useEffect, useState } from 'react'
import { failureIn, trpc } from '../../../live/trpc.ts'

type Preview = { problem: string | null; nextAt: string | null }

const nothing: Preview = { problem: null, nextAt: null }
const typedMs = 300

/** What the platform makes of a schedule, once it is not typed any more. */
export function useSchedule(app: string, schedule: string): Preview {
  const [preview, setPreview] = useState(nothing)
  useEffect(() => {
    let over = false
    const timer = setTimeout(async () => {
      const read = await look(app, schedule)
      if (!over) setPreview(read)
    }, typedMs)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [app, schedule])
  return preview
}

async function look(app: string, schedule: string): Promise<Preview> {
  if (schedule.trim() === '') return nothing
  try {
    const { nextAt } = await trpc.cron.preview.query({ app, schedule })
    return { problem: null, nextAt: nextAt[0] ?? null }
  } catch (error) {
    return { problem: failureIn(error).message, nextAt: null }
  }
}
