import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { command, localRunner } from '@berth/command'
import { readHostIpv6 } from '../network/host-ipv6.ts'
import { makePrivateNetwork } from './private-network.ts'

/** A host behind this machine: a network namespace with a server that greets everyone by the address it sees. */
export type FarHost = {
  address: string
  address6: string
  port: number
  /** This machine's address on the way there. */
  gateway: string
  gateway6: string
  /** From there: what a port answers; empty where nobody does. */
  ask(address: string, port: number): Promise<string>
  remove(): Promise<void>
}

/** RFC 5737, RFC 3849: addresses for documentation, which no machine has. */
const [address, gateway] = ['198.51.100.2', '198.51.100.1']
const [address6, gateway6] = ['2001:db8:fa::2', '2001:db8:fa::1']
const port = 7001

export async function makeFarHost(): Promise<FarHost> {
  const network = await makePrivateNetwork()
  const cable = `far${process.pid % 100_000}`
  await localRunner.run(
    command('ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(network.pid)),
  )
  await localRunner.run(command('ip', 'addr', 'add', `${gateway}/30`, 'dev', cable))
  await localRunner.run(command('ip', 'link', 'set', cable, 'up'))
  const hasIpv6 = readHostIpv6() === 'on'
  await network.run('ip', 'addr', 'add', `${address}/30`, 'dev', 'eth0')
  await network.run('ip', 'link', 'set', 'eth0', 'up')
  await network.run('ip', 'route', 'add', 'default', 'via', gateway)
  if (hasIpv6) {
    await localRunner.run(command('ip', 'addr', 'add', `${gateway6}/64`, 'dev', cable, 'nodad'))
    await network.run('ip', 'addr', 'add', `${address6}/64`, 'dev', 'eth0', 'nodad')
    await network.run('ip', 'route', 'add', 'default', 'via', gateway6)
  }
  const server = network.start(process.execPath, '-e', greeter)
  await once(server.stdout as Readable, 'data')
  return {
    ...{ address, address6, port, gateway, gateway6 },
    ask: (target, targetPort) => network.run(process.execPath, '-e', asker, target, String(targetPort)),
    async remove() {
      server.kill('SIGKILL')
      await server.exited
      await network.remove()
    },
  }
}

const greeter = `
  require('node:net')
    .createServer((socket) => socket.end('hello ' + socket.remoteAddress.replace('::ffff:', '') + '\\n'))
    .listen(${port}, () => console.log('listening'))
`

const asker = `
  const socket = require('node:net').connect({ host: process.argv[1], port: process.argv[2], timeout: 1000 })
  socket.on('data', (bytes) => process.stdout.write(bytes))
  socket.on('timeout', () => socket.destroy()).on('error', () => {})
`
