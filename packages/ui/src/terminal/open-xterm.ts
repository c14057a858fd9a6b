import { FitAddon } from '@xterm/addon-fit'
import { Terminal as Xterm } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { onThemeChange } from '../plot/theme-change.ts'
import { styleNonce } from '../style-nonce.ts'
import { keyAction } from './terminal-key.ts'
import type { TerminalEvents, TerminalPort } from './terminal-port.ts'
import { terminalTheme } from './terminal-theme.ts'

const fontSize = 13
const scrollback = 10_000

/** A terminal as large as `host`, in the colours of the tokens. The code of it is loaded with this module. */
export async function openXterm(
  host: HTMLElement,
  { label, describedBy, events }: { label: string; describedBy: string; events: TerminalEvents },
): Promise<TerminalPort> {
  const { fontFamily } = getComputedStyle(host)
  // Measured before its font is there, every column would be of another width.
  await document.fonts.load(`${fontSize}px ${fontFamily}`)
  const xterm = new Xterm({
    ...{ fontFamily, fontSize, scrollback, lineHeight: 1.2, theme: terminalTheme(host) },
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    macOptionIsMeta: true,
    // What a program asks for may be grey on grey.
    minimumContrastRatio: 4.5,
    screenReaderMode: true,
  })
  const fit = new FitAddon()
  xterm.loadAddon(fit)
  openWithNonce(xterm, host)
  wire(xterm, { label, describedBy, events })
  fit.fit()
  const stop = keepFitting(host, fit)
  const stopWatching = onThemeChange(() => {
    xterm.options.theme = terminalTheme(host)
  })
  return portOf(xterm, () => {
    stop()
    stopWatching()
    xterm.dispose()
  })
}

/**
 * xterm puts three `<style>` into itself, which a strict policy lets through with the page's nonce alone, and it has no option
 * for one. It may be opened in an element that is nowhere yet: there its styles are given the nonce, before the policy asks.
 */
function openWithNonce(xterm: Xterm, host: HTMLElement): void {
  const inner = document.createElement('div')
  inner.style.height = '100%'
  xterm.open(inner)
  const nonce = styleNonce() ?? ''
  for (const style of inner.querySelectorAll('style')) style.nonce = nonce
  host.replaceChildren(inner)
}

function wire(
  xterm: Xterm,
  { label, describedBy, events }: { label: string; describedBy: string; events: TerminalEvents },
): void {
  xterm.textarea?.setAttribute('aria-label', label)
  xterm.textarea?.setAttribute('aria-describedby', describedBy)
  xterm.onData((text) => events.onInput(new TextEncoder().encode(text)))
  // Reports of the mouse in an old form, whose bytes are no text.
  xterm.onBinary((text) => events.onInput(Uint8Array.from(text, (one) => one.charCodeAt(0))))
  xterm.onResize(({ cols, rows }) => events.onResize({ columns: cols, rows }))
  xterm.attachCustomKeyEventHandler((event) => {
    const action = keyAction(event, xterm.hasSelection())
    if (action === 'send') return true
    if (event.type === 'keydown' && action === 'leave') events.onLeave()
    if (event.type === 'keydown' && action === 'copy')
      void navigator.clipboard?.writeText(xterm.getSelection())
    // To paste is left to the browser, which asks nobody for what the person does with a key.
    if (action !== 'paste') event.preventDefault()
    return false
  })
}

function keepFitting(host: HTMLElement, fit: FitAddon): () => void {
  let frame = 0
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => fit.fit())
  })
  observer.observe(host)
  return () => {
    cancelAnimationFrame(frame)
    observer.disconnect()
  }
}

function portOf(xterm: Xterm, close: () => void): TerminalPort {
  return {
    write: (bytes, taken) => xterm.write(bytes, taken),
    reset: () => xterm.reset(),
    clear: () => xterm.clear(),
    focus: () => xterm.focus(),
    setReadOnly: (readOnly) => {
      xterm.options.disableStdin = readOnly
      xterm.options.cursorInactiveStyle = readOnly ? 'none' : 'outline'
    },
    size: () => ({ columns: xterm.cols, rows: xterm.rows }),
    text: () => textOf(xterm),
    close,
  }
}

/** What is chosen, else all that there is. */
function textOf(xterm: Xterm): string {
  if (xterm.hasSelection()) return xterm.getSelection()
  xterm.selectAll()
  const text = xterm.getSelection()
  xterm.clearSelection()
  return text.trimEnd()
}
