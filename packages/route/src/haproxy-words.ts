import type { Page } from './pages.ts'

/** The words that every part of HAProxy's configuration is made of. */
export function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n')
}

/** Tells nobody of the request (access-line.ts). */
export const silent = 'http-request set-log-level silent'

/** An answer of the front door's own. */
export function answer(page: Page): string {
  return `return status ${page.status} ${body(page)}`
}

export function body(page: Page): string {
  const retry = page.retryAfterSeconds === null ? '' : ` hdr Retry-After ${page.retryAfterSeconds}`
  return `content-type "text/html; charset=utf-8" file pages/${page.name}.html hdr Cache-Control no-store${retry}`
}
