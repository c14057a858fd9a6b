import { expect, test } from 'vitest'
import { appTabs, isTabOf } from './app-tabs.ts'

test.each([
  ['', 'Overview'],
  ['/deployments/81', 'Deployments'],
  ['/compare', 'Deployments'],
  ['/processes/cron', 'Processes'],
  ['/console', 'Processes'],
  ['/logs/drains', 'Logs'],
  ['/logsmith', undefined],
])('%s stands below the tab %s', (page, title) => {
  expect(appTabs.filter((tab) => isTabOf(tab, page)).map((tab) => tab.title)).toEqual(title ? [title] : [])
})
