'use client'

import { useEffect, useRef, useState } from 'react'

/** Nobody types slower between two letters. */
const settleMs = 400

/** What is being typed, told on once it rests; what comes from outside, as by the way back, replaces it. */
export function useSettled(
  outside: string,
  tell: (settled: string) => void,
): [string, (text: string) => void] {
  const [text, setText] = useState(outside)
  const told = useRef(outside)
  const latest = useRef(tell)
  latest.current = tell

  useEffect(() => {
    if (outside === told.current) return
    told.current = outside
    setText(outside)
  }, [outside])

  useEffect(() => {
    if (text === told.current) return
    const timer = setTimeout(() => {
      told.current = text
      latest.current(text)
    }, settleMs)
    return () => clearTimeout(timer)
  }, [text])

  return [text, setText]
}
