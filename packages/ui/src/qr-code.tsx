'use client'

import { encode } from 'uqr'

/**
 * A code for the camera of a phone, drawn here: what it holds (the secret of an authenticator) goes to nobody. Dark on light
 * in both looks, because not every camera reads it the other way round; four modules of quiet around it (ISO/IEC 18004).
 */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
      className="size-48 rounded-md border border-line"
    >
      <rect width={size} height={size} className="fill-code-light" />
      <path d={dark.join('')} className="fill-code-dark" />
    </svg>
  )
}
