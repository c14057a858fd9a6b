import type { Page } from 'playwright-core'

/** Presses Tab until what has the focus is called `name`, as somebody without a mouse does. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = []
  for (let tries = 0; tries < 40; tries += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 40) ?? '')
    if (focused === name) return
    passed.push(focused)
  }
  throw new Error(`Tab does not lead to "${name}", only to ${passed.join(', ')}`)
}
