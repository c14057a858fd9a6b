import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { command, localRunner } from '@berth/command'
import { readHostIpv6 } from '../network/host-ipv6.ts'

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
  const holder = localRunner.start({ argv: ['unshare', '--net', 'sh', '-c', 'echo ready; exec sleep 600'] })
  await once(holder.stdout as Readable, 'data')
  const net = `--net=/proc/${holder.pid}/ns/net`
  const cable = `far${process.pid % 100_000}`
  await localRunner.run(
    command('ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(holder.pid)),
  )
  await localRunner.run(command('ip', 'addr', 'add', `${gateway}/30`, 'dev', cable))
  await localRunner.run(command('ip', 'link', 'set', cable, 'up'))
  const hasIpv6 = readHostIpv6() === 'on'
  const own = [`addr add ${address}/30 dev eth0`, 'link set eth0 up', `route add default via ${gateway}`]
  if (hasIpv6) {
    await localRunner.run(command('ip', 'addr', 'add', `${gateway6}/64`, 'dev', cable, 'nodad'))
    own.push(`addr add ${address6}/64 dev eth0 nodad`, `route add default via ${gateway6}`)
  }
  await localRunner.run(command('nsenter', net, 'ip', '-batch', '-'), { input: `${own.join('\n')}\n` })
  const server = localRunner.start({
    argv: ['nsenter', net, process.execPath, '-e', greeter],
  })
  await once(server.stdout as Readable, 'data')
  return {
    ...{ address, address6, port, gateway, gateway6 },
    async ask(target, targetPort) {
      const asked = command('nsenter', net, process.execPath, '-e', asker, target, String(targetPort))
      return (await localRunner.run(asked)).stdout
    },
    async remove() {
      server.kill('SIGKILL')
      await server.exited
      holder.kill('SIGKILL')
      await holder.exited
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
