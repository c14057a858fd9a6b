import { expect, test } from 'vitest'
import { crumbsOf } from './crumbs-of.ts'

test.each([
  ['/', []],
  ['/teams/Harbour', []],
  ['/teams/Harbour/members', ['Team /teams/Harbour/members']],
  ['/machine', ['Machine /machine']],
  ['/account/tokens', ['Account /account']],
  ['/apps/new', ['New app /apps/new']],
  ['/apps/shop', ['shop /apps/shop']],
  ['/apps/shop/deployments/81', ['shop /apps/shop', 'Deployments /apps/shop/deployments']],
  ['/apps/shop/console', ['shop /apps/shop', 'Console /apps/shop/console']],
  ['/apps/shop/nothing', ['shop /apps/shop']],
])('%s is named by %j', (path, expected) => {
  expect(crumbsOf(path).map(({ title, href }) => `${title} ${href}`)).toEqual(expected)
})
