import { readFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { afterEach, expect, test } from 'vitest'
import { makeBridge } from './links.ts'

const bridge = `bt${process.pid.toString(16)}`
const ip = (...words: string[]) => localRunner.run(command('ip', ...words))
const addressOf = async () => (await readFile(`/sys/class/net/${bridge}/address`, 'utf8')).trim()

afterEach(async () => {
  await ip('link', 'delete', bridge)
})

test('a bridge keeps its hardware address when a cable with a lower one comes and goes', async () => {
  await makeBridge(localRunner, { bridge, subnet: '10.255.248.0/22', mtu: 1500 })
  expect(await addressOf()).toBe('02:42:0a:ff:f8:01')
  const cable = `${bridge}c`
  await ip('link', 'add', cable, 'address', '02:00:00:00:00:01', 'type', 'veth', 'peer', 'name', `${bridge}p`)
  await ip('link', 'set', cable, 'master', bridge)
  expect(await addressOf()).toBe('02:42:0a:ff:f8:01')
  await ip('link', 'delete', cable)
  expect(await addressOf()).toBe('02:42:0a:ff:f8:01')
})
