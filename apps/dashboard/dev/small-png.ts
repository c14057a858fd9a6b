import { crc32, deflateSync, inflateSync } from 'node:zlib'

/**
 * A screenshot in a third of its bytes: 256 of its colours, and for each other the nearest of them. A page has few colours
 * beside the edges of its letters, so nobody sees a difference. For what a browser writes: PNG, eight bits,
 * red, green and blue (and alpha, which is left out), not interlaced.
 */
export function smallPng(png: Buffer): Buffer {
  const { width, height, channels, pixels } = decode(png)
  const colours = colourOf(pixels, channels)
  const palette = paletteOf(colours)
  const nearest = new Map(palette.map((colour, place) => [colour, place]))
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = colours[y * width + x] ?? 0
      const place = nearest.get(colour) ?? nearestIn(palette, colour).place
      nearest.set(colour, place)
      rows[y * (width + 1) + 1 + x] = place
    }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const plte = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))
  const parts = [chunk('IHDR', header), chunk('PLTE', plte), chunk('IDAT', deflateSync(rows, { level: 9 }))]
  return Buffer.concat([signature, ...parts, chunk('IEND', Buffer.alloc(0))])
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

type Decoded = { width: number; height: number; channels: number; pixels: Buffer }

function decode(png: Buffer): Decoded {
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const [depth, kind, , , interlaced] = png.subarray(24, 29)
  const channels = kind === 2 ? 3 : kind === 6 ? 4 : 0
  if (depth !== 8 || channels === 0 || interlaced !== 0)
    throw new Error('not a screenshot as browsers write it')
  const data: Buffer[] = []
  for (let at = 8; at < png.length; ) {
    const size = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + size))
    at += size + 12
  }
  return {
    width,
    height,
    channels,
    pixels: unfilter(inflateSync(Buffer.concat(data)), width * channels, channels),
  }
}

/** Each line was written as a difference to what is left of it and above it (PNG, 9.2). */
function unfilter(lines: Buffer, stride: number, channels: number): Buffer {
  const height = lines.length / (stride + 1)
  const pixels = Buffer.alloc(stride * height)
  for (let at = 0; at < pixels.length; at++) {
    const [x, y] = [at % stride, Math.floor(at / stride)]
    const line = y * (stride + 1)
    const left = x < channels ? 0 : (pixels[at - channels] ?? 0)
    const above = pixels[at - stride] ?? 0
    const corner = x < channels ? 0 : (pixels[at - stride - channels] ?? 0)
    pixels[at] = (lines[line + 1 + x] ?? 0) + predicted(lines[line] ?? 0, left, above, corner)
  }
  return pixels
}

function predicted(kind: number, left: number, above: number, corner: number): number {
  if (kind === 1) return left
  if (kind === 2) return above
  if (kind === 3) return (left + above) >> 1
  if (kind !== 4) return 0
  const [byLeft, byAbove, byCorner] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs)
  if ((byLeft ?? 0) <= (byAbove ?? 0) && (byLeft ?? 0) <= (byCorner ?? 0)) return left
  return (byAbove ?? 0) <= (byCorner ?? 0) ? above : corner
}

function colourOf(pixels: Buffer, channels: number): Uint32Array {
  const colours = new Uint32Array(pixels.length / channels)
  for (let at = 0; at < colours.length; at++) colours[at] = pixels.readUIntBE(at * channels, 3)
  return colours
}

/** Frequent colours, and then those that are furthest from them: a small mark in a colour of its own keeps it. */
function paletteOf(colours: Uint32Array): number[] {
  const counts = new Map<number, number>()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const ranked = [...counts].sort(([, one], [, other]) => other - one).map(([colour]) => colour)
  const palette = ranked.slice(0, frequent)
  const others = ranked.slice(frequent).map((colour) => ({ colour, far: nearestIn(palette, colour).far }))
  while (palette.length < 256 && others.length > 0) {
    const furthest = others.reduce((one, other) => (other.far > one.far ? other : one))
    if (furthest.far === 0) break
    palette.push(furthest.colour)
    for (const other of others) other.far = Math.min(other.far, distance(other.colour, furthest.colour))
  }
  return palette
}

const frequent = 176

function nearestIn(palette: readonly number[], colour: number): { place: number; far: number } {
  let [place, far] = [0, Number.POSITIVE_INFINITY]
  for (const [at, other] of palette.entries()) {
    const here = distance(colour, other)
    if (here < far) [place, far] = [at, here]
  }
  return { place, far }
}

function distance(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16)
  const green = ((one >> 8) & 255) - ((other >> 8) & 255)
  const blue = (one & 255) - (other & 255)
  return red * red + green * green + blue * blue
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, sum])
}
