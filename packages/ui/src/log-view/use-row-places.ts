'use client'

import { type RefObject, useCallback, useMemo, useState } from 'react'
import type { LogLine } from './log-lines.ts'
import { placeOf } from './log-search.ts'
import { evenPlaces, type RowPlaces, unevenPlaces, wrappedLines } from './row-places.ts'

/** Every row that does not wrap is as high as every other: what lies outside the window needs no measuring. Pixels. */
export const rowHeight = 20

/** A letter of the code font at the size of a log, in pixels: 0.6 em of 12 px. */
const letterWidth = 7.2
/** What says that a line was cut takes so much room. */
const cutLetters = 24
/** A browser draws nothing beyond some 17,000,000 px. */
const mostLines = (count: number) => (count > 100_000 ? 4 : 8)

export type LogPlaces = {
  places: RowPlaces
  /** Letters of a line that are shown while it is not opened; undefined: as many as ever. */
  mostLetters: number | undefined
  /** Puts the guesses right for what is drawn now. Returns by how much what lies above `scrollTop` grew. */
  measure: (list: RefObject<HTMLElement | null>, scrollTop: number) => number
}

/** Where the rows stand. Where lines wrap, a row is as high as it was when it was drawn last, and guessed before that. */
export function useRowPlaces(
  rows: readonly LogLine[],
  wrap: { width: number; isOn: boolean; open: ReadonlySet<number> },
): LogPlaces {
  const columns = Math.max(10, Math.floor(wrap.width / letterWidth))
  const most = mostLines(rows.length)
  const [drawn, setDrawn] = useState({ columns, lines: new Map<number, number>() })
  const known = drawn.columns === columns ? drawn.lines : nothing

  const places = useMemo(() => {
    if (!wrap.isOn) return evenPlaces(rows.length, rowHeight)
    return unevenPlaces(rows.length, rowHeight, (at) => {
      const line = rows[at] as LogLine
      return (
        known.get(line.number) ?? wrappedLines(line.text, columns, wrap.open.has(line.number) ? 2000 : most)
      )
    })
  }, [rows, wrap.isOn, wrap.open, known, columns, most])

  const measure = useCallback(
    (list: RefObject<HTMLElement | null>, scrollTop: number) => {
      if (!wrap.isOn || !list.current) return 0
      const { lines, grownBy } = measureDrawn(list.current, { rows, places, scrollTop })
      if (lines.size > 0) setDrawn({ columns, lines: new Map([...known, ...lines]) })
      return grownBy
    },
    [rows, places, known, columns, wrap.isOn],
  )

  const mostLetters = wrap.isOn ? columns * most - cutLetters : undefined
  return { places, measure, mostLetters }
}

type Guessed = { rows: readonly LogLine[]; places: RowPlaces; scrollTop: number }

/** Lines of the rows that are drawn, where they were not guessed right. */
function measureDrawn(list: HTMLElement, { rows, places, scrollTop }: Guessed) {
  const lines = new Map<number, number>()
  let grownBy = 0
  for (const element of list.children as HTMLCollectionOf<HTMLElement>) {
    const number = Number(element.dataset.line)
    const row = placeOf(rows, number)
    if (row < 0) continue
    const top = places.topOf(row)
    const guessed = (places.topOf(row + 1) - top) / rowHeight
    const real = Math.max(1, Math.round(element.offsetHeight / rowHeight))
    if (real === guessed) continue
    lines.set(number, real)
    if (top < scrollTop) grownBy += (real - guessed) * rowHeight
  }
  return { lines, grownBy }
}

const nothing: ReadonlyMap<number, number> = new Map()
