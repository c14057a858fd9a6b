import { describe, expect, test } from 'vitest'
import { pages, statePages, unknownHostPage } from './pages.ts'

describe.each(pages)('the page $name', ({ html, status, retryAfterSeconds }) => {
  test('is complete in itself, in one language, for light and dark', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(html).not.toMatch(/(?:src|href)=|https?:|url\(|<script/)
    expect(html).toContain('prefers-color-scheme:dark')
    expect(html).toMatch(/<main>[\s\S]*<h1>[^<]+<\/h1>/)
  })

  test('fits into the buffer of HAProxy, and says when to come again where that helps', () => {
    expect(Buffer.byteLength(html)).toBeLessThan(4096)
    expect(retryAfterSeconds !== null).toBe(status >= 500 || status === 429)
  })

  test('has a calm voice', () => {
    expect(html.replace('<!doctype', '')).not.toMatch(/!|oops|sorry|went wrong/i)
  })
})

test('every state has words of its own', () => {
  const titles = [...Object.values(statePages), unknownHostPage].map(
    ({ html }) => /<h1>(.*)<\/h1>/.exec(html)?.[1],
  )
  expect(new Set(titles).size).toBe(7)
})
