import { AxeBuilder } from '@axe-core/playwright'
import type { Visitor } from '@berth/testkit'
import type { Page } from 'playwright-core'

/** Who looks for flaws. */
export const onPhone = { viewport: { width: 390, height: 844 }, colorScheme: 'light' } as const

/** What axe finds and what runs out of a phone's screen, page by page, and whatever went wrong meanwhile. */
export async function flawsOf({ page, problems }: Visitor, paths: readonly string[]): Promise<string[]> {
  const flaws: string[] = []
  for (const path of paths) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    if (wide > 0) flaws.push(`${path} is ${wide} px too wide`)
    flaws.push(...(await axe(page, path)))
    // Nothing but its colours depends on the scheme.
    await page.emulateMedia({ colorScheme: 'dark' })
    flaws.push(...(await axe(page, `${path} (dark)`, ['color-contrast'])))
    await page.emulateMedia({ colorScheme: 'light' })
  }
  return [...flaws, ...problems]
}

async function axe(page: Page, where: string, rules?: string[]): Promise<string[]> {
  // No page of ours has a frame, and nobody reads what passed: both save most of the time.
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations } = await (rules ? builder.withRules(rules) : builder).analyze()
  return violations.map(({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ html }) => html).join(' ')}`)
}
