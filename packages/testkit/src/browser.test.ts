import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { command, localRunner } from '@berth/command'
import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from './browser.ts'

/** More than a browser asks one host for at a time: the rest waits for a connection. */
const scripts = 24

test('a page has all its scripts though interfaces of the machine come and go while it is loaded', async () => {
  const server = createServer((request, response) => {
    const isPage = request.url === '/'
    response.setHeader('content-type', isPage ? 'text/html' : 'text/javascript')
    response.setHeader('cache-control', 'no-store')
    setTimeout(() => response.end(isPage ? page : 'window.ran = (window.ran ?? 0) + 1'), 3)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const browser = await openBrowser()
  onTestFinished(() => browser.close())
  const visitor = await browser.visitor({
    baseURL: `http://shop.localhost:${(server.address() as AddressInfo).port}`,
  })

  let isOver = false
  const changing = changeInterfaces(() => isOver)
  onTestFinished(async () => {
    isOver = true
    await changing
  })
  const loaded: unknown[] = []
  for (let visit = 0; visit < 6; visit += 1) {
    await visitor.page.goto('/')
    loaded.push(await visitor.page.evaluate('window.ran'))
  }
  isOver = true
  expect(await changing).toBeGreaterThan(5)
  expect(loaded).toEqual(loaded.map(() => scripts))
  expect(visitor.problems).toEqual([])
})

const page = `<link rel="icon" href="data:,">${Array.from(
  { length: scripts },
  (_, index) => `<script src="/${index}.js"></script>`,
).join('')}`

/** How often a cable between nowhere and nowhere has come and gone. */
async function changeInterfaces(isOver: () => boolean): Promise<number> {
  const names = [`bt${process.pid}a`, `bt${process.pid}b`] as const
  let changes = 0
  for (; !isOver(); changes += 1) {
    await localRunner.run(
      command('ip', 'link', 'add', names[0], 'up', 'type', 'veth', 'peer', 'name', names[1]),
    )
    await localRunner.run(command('ip', 'address', 'add', '192.0.2.1/32', 'dev', names[0]))
    await localRunner.run(command('ip', 'link', 'delete', names[0]))
  }
  return changes
}
