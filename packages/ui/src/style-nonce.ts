/**
 * Radix locks the page behind a dialog with a `<style>` that it makes. A strict policy lets it through with the page's
 * nonce alone; the libraries below Radix look for it under webpack's name (get-nonce).
 */
export function lendStyleNonce(): void {
  const holder = globalThis as { __webpack_nonce__?: string }
  holder.__webpack_nonce__ ??= styleNonce()
}

/** The page's nonce, for what takes it as a property; undefined on the server. */
export function styleNonce(): string | undefined {
  if (typeof document === 'undefined') return undefined
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce
}
