export type TerminalSize = { columns: number; rows: number }

/** A terminal that is there. */
export type TerminalPort = {
  /** UTF-8, as it comes. `taken`: it has been drawn, or will be with the next frame. */
  write(bytes: Uint8Array | string, taken?: () => void): void
  /** Empty, and as it was in the beginning. */
  reset(): void
  /** What was scrolled out goes. */
  clear(): void
  focus(): void
  setReadOnly(readOnly: boolean): void
  size(): TerminalSize
  /** What is chosen, else all of it. */
  text(): string
  close(): void
}

export type TerminalEvents = {
  onInput(bytes: Uint8Array): void
  onResize(size: TerminalSize): void
  /** The key that leads out was pressed. */
  onLeave(): void
}
