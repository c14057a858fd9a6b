import type { ITheme } from '@xterm/xterm'

const colors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const

/** The tokens as they are in the look that is chosen. xterm takes no custom property: an element is asked for what it makes of it. */
export function terminalTheme(element: HTMLElement): ITheme {
  const token = (name: string) => colorOf(element, `var(--${name})`)
  const mixed = (name: string, percent: number) =>
    colorOf(element, `color-mix(in srgb, var(--${name}) ${percent}%, transparent)`)
  const plain = Object.fromEntries(colors.map((name) => [name, token(`ansi-${name}`)]))
  const bright = Object.fromEntries(colors.map((name) => [brightName(name), token(`ansi-${name}`)]))
  return {
    ...plain,
    ...bright,
    brightBlack: token('faint'),
    brightWhite: token('text'),
    background: token('sunken'),
    foreground: token('text'),
    cursor: token('accent'),
    cursorAccent: token('on-accent'),
    selectionBackground: mixed('accent', 26),
    scrollbarSliderBackground: mixed('faint', 25),
    scrollbarSliderHoverBackground: mixed('faint', 45),
    scrollbarSliderActiveBackground: mixed('faint', 60),
  }
}

function brightName(name: string): string {
  return `bright${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** `rgb(…)`, or `rgba(…)` where it is not opaque: what xterm reads. */
function colorOf(element: HTMLElement, value: string): string {
  element.style.color = value
  const computed = getComputedStyle(element).color
  element.style.color = ''
  const [red = 0, green = 0, blue = 0, alpha] = channelsOf(computed)
  const parts = [red, green, blue].join(', ')
  return alpha === undefined ? `rgb(${parts})` : `rgba(${parts}, ${alpha})`
}

/** Browsers write a mixed color as `color(srgb 0.1 0.2 0.3 / 0.26)`. */
function channelsOf(computed: string): number[] {
  const numbers = (computed.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number)
  if (!computed.startsWith('color(')) return numbers
  return [...numbers.slice(0, 3).map((part) => Math.round(part * 255)), ...numbers.slice(3)]
}
