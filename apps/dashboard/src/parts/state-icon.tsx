'use client'

import type { AppState } from '@berth/api'
import { useEffect } from 'react'
import { appMarks } from './marks.ts'

/** The tab's icon carries the state of the app shown. Colours that hold on a light and on a dark tab. */
const colors = { good: '#1f9d63', bad: '#e0453b', warn: '#c98a12', accent: '#16939b', grey: '#8a9396' }

const drawings = {
  circle: '<circle cx="16" cy="16" r="11" fill="C"/>',
  ring: '<circle cx="16" cy="16" r="10.5" fill="none" stroke="C" stroke-width="5" stroke-dasharray="46 20"/>',
  triangle: '<path d="M16 4 30 28H2Z" fill="C" stroke="C" stroke-width="2" stroke-linejoin="round"/>',
  square: '<rect x="6" y="6" width="20" height="20" rx="3" fill="none" stroke="C" stroke-width="4"/>',
  half: '<circle cx="16" cy="16" r="11" fill="none" stroke="C" stroke-width="4"/><path d="M16 5a11 11 0 0 1 0 22Z" fill="C"/>',
  check: '<path d="m5 17 7 7L27 8" fill="none" stroke="C" stroke-width="5"/>',
  dash: '<path d="M6 16h20" stroke="C" stroke-width="5" stroke-linecap="round"/>',
  dot: '<circle cx="16" cy="16" r="6" fill="C"/>',
}

export function StateIcon({ state }: { state: AppState }) {
  useEffect(() => {
    const { shape, tone } = appMarks[state]
    const drawing = drawings[shape].replaceAll('C"', `${colors[tone]}"`)
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${drawing}</svg>`
    const icon = document.createElement('link')
    icon.rel = 'icon'
    icon.type = 'image/svg+xml'
    icon.href = `data:image/svg+xml,${encodeURIComponent(svg)}`
    // The last icon of a page counts; the platform's own stays for when this one goes.
    document.head.append(icon)
    return () => icon.remove()
  }, [state])
  return null
}
