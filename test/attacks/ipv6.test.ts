import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { command, localRunner } from '@berth/command'
import type { Container } from '@berth/engine'
import { readHostIpv6 } from '@berth/engine/network/host-ipv6.ts'
import { advertiseRouter } from '@berth/engine/testing/advertise-router.ts'
import { ask } from '@berth/engine/testing/ask-port.ts'
import { expect } from 'vitest'
import { type Attack, describeAttacks } from './attack.ts'
import type { AttackSite } from './attack-site.ts'

/**
 * A running container, by IPv6. What needs a program that the image lacks is run in the container's network as a user
 * without any capability; where it says so, as one who has come by all of them there, which no container has.
 */
const bridge = { network: 'bridge' } as const
const soon = { timeout: 20_000 }

let inmate: Container
/** Of the inmate's group, and linked to the database. */
let sibling: Container
let database: Container

type Words = readonly [string, ...string[]]
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'] as const

/** A program in a container's network, to its end, whatever comes of it. */
const inNetworkOf = async ({ pid }: Container, words: Words): Promise<string> => {
  const there = command('nsenter', `--net=/proc/${pid}/ns/net`, ...words)
  return (await localRunner.run(there, { okStatuses: [0, 1, 2] })).stdout
}

/** One datagram from port 7001, of an address that need not be the sender's: IP_FREEBIND asks for no privilege. */
const send = async (by: Container, from: string, to: string, text: string) => {
  const socket = `UDP6-SENDTO:[${to}]:7001,bind=[${from}]:7001,ip-freebind`
  const words = [`--net=/proc/${by.pid}/ns/net`, ...nobody, 'socat', '-u', '-', socket]
  await localRunner.run(command('nsenter', ...words), { input: text, okStatuses: [0, 1] })
}

/** What arrives at port 7001 in a container's network while `work` is done. */
const heardIn = async ({ pid }: Container, work: () => Promise<void>): Promise<string[]> => {
  const listener = localRunner.start(
    command('nsenter', `--net=/proc/${pid}/ns/net`, process.execPath, '-e', echo),
  )
  const heard: string[] = []
  const output = listener.stdout as Readable
  await once(output, 'data')
  output.on('data', (bytes) => heard.push(...String(bytes).trim().split('\n')))
  await work()
  await expect.poll(() => heard, soon).toContain('over')
  listener.kill('SIGKILL')
  await listener.exited
  return heard
}

const echo = `
  const socket = require('node:dgram').createSocket('udp6').bind(7001, '::')
  socket.on('listening', () => console.log('ready')).on('message', (bytes) => console.log(String(bytes)))
`

const gatewayOf = ({ address6 }: Container) => address6?.replace(/[^:]+$/, '1') ?? ''

/** What a service of the machine hears on port `0` of every address, by streams and by datagrams. */
async function heardByMachine(work: (ports: { tcp: number; udp: number }) => Promise<void>) {
  const heard: string[] = []
  const server = createServer((socket) => {
    heard.push('a connection')
    socket.on('error', () => {}).end('of the machine')
  }).listen(0, '::')
  const datagrams = createSocket('udp6', (bytes) => heard.push(String(bytes))).bind(0, '::')
  await Promise.all([once(server, 'listening'), once(datagrams, 'listening')])
  const [tcp, udp] = [(server.address() as { port: number }).port, datagrams.address().port]
  await work({ tcp, udp })
  const own = createSocket('udp6')
  own.send('over', udp, '::1')
  await expect.poll(() => heard, soon).toContain('over')
  for (const each of [server, datagrams, own]) each.close()
  return heard
}

const callMachine = (by: Container, addresses: readonly string[]) =>
  heardByMachine(async ({ tcp, udp }) => {
    for (const address of addresses) {
      const to = `[${address}]`
      await inNetworkOf(by, ['sh', '-c', `echo in | socat -u - UDP6-SENDTO:${to}:${udp}`])
      if (address.startsWith('ff')) continue
      await inNetworkOf(by, ['socat', '-u', '-T1', `TCP6:${to}:${tcp},connect-timeout=1`, '-'])
    }
  })

const reached = 'echo up; while :; do nc -l -p 7000 -e echo reached; done'

const attacks: Attack[] = [
  {
    name: 'a container of another group, which its own and the machine reach',
    async run({ start }) {
      const victim = await start(reached, { ...bridge, group: 'victims' })
      const own = await start('echo up; sleep 60', { ...bridge, group: 'victims' })
      const call = (by: Container) =>
        inNetworkOf(by, ['socat', '-u', `TCP6:[${victim.address6}]:7000,connect-timeout=1`, '-'])
      await expect.poll(() => ask(victim.address6, 7000), soon).toBe('reached\n')
      await expect.poll(() => call(own), soon).toBe('reached\n')
      return [await call(inmate), await call(sibling)]
    },
    expect: { contained: ['', ''] },
  },
  {
    name: 'what listens on its machine: by the bridge, by link-local addresses, by all at once',
    run: () => callMachine(inmate, [gatewayOf(inmate), 'fe80::1%eth0', 'ff02::1%eth0', 'ff02::2%eth0']),
    expect: { contained: ['over'] },
  },
  {
    name: 'the same from a link-local address, by one who has come by all capabilities',
    async run() {
      await inNetworkOf(inmate, ['ip', 'addr', 'add', 'fe80::bad/64', 'dev', 'eth0', 'nodad'])
      const heard = await callMachine(inmate, [gatewayOf(inmate), 'fe80::1%eth0', 'ff02::1%eth0'])
      await inNetworkOf(inmate, ['ip', 'addr', 'del', 'fe80::bad/64', 'dev', 'eth0'])
      return heard
    },
    expect: { contained: ['over'] },
  },
  {
    name: 'what another of its group is linked to, in that one’s name',
    async run({ start }) {
      const stranger = await start('echo up; sleep 60', { ...bridge, group: 'strangers' })
      const [name, to] = [sibling.address6 ?? '', database.address6 ?? '']
      return heardIn(database, async () => {
        await send(inmate, inmate.address6 ?? '', to, 'in its own name')
        await send(inmate, name, to, 'in another’s name')
        await send(stranger, name, to, 'from elsewhere')
        await send(sibling, name, to, 'over')
      })
    },
    expect: { contained: ['over'] },
  },
  {
    name: 'the world, in the name of others',
    async run() {
      const foreign = ['2001:db8::bad', sibling.address6 ?? '', gatewayOf(inmate), '::1']
      return packetsFrom(inmate, async () => {
        for (const name of foreign) await send(inmate, name, '2001:db8::1', 'forged')
        await send(inmate, inmate.address6 ?? '', '2001:db8::1', 'over')
      })
    },
    expect: { contained: ['its own'] },
  },
  {
    name: 'its machine and its neighbours, as their router, by one who has come by all capabilities',
    cve: 'CVE-2020-13401',
    async run() {
      await inNetworkOf(inmate, ['ip', 'addr', 'add', 'fe80::bad/64', 'dev', 'eth0', 'nodad'])
      const look = async () => [
        (await localRunner.run(command('ip', '-6', 'route'))).stdout,
        await inNetworkOf(sibling, ['ip', '-6', 'route']),
        await inNetworkOf(sibling, ['ip', '-6', 'addr']),
      ]
      const before = await look()
      for (let time = 0; time < 3; time += 1) {
        await advertiseRouter(inmate.pid ?? 0, '2001:db8:bad::')
        await pause(100)
      }
      const after = await look()
      await inNetworkOf(inmate, ['ip', 'addr', 'del', 'fe80::bad/64', 'dev', 'eth0'])
      return [after[1] === before[1], after[2] === before[2], after.join().includes('2001:db8:bad')]
    },
    expect: { contained: [true, true, false] },
  },
  {
    name: 'the table of neighbours that all share, by calling who is not there',
    async run() {
      const own = inmate.address6?.replace(/[^:]+$/, '') ?? ''
      const calls = `for at in $(seq 1 400); do echo x | socat -u - UDP6-SENDTO:[${own}7:$(printf %x $at)]:9; done; for at in $(seq 1 50); do echo x | socat -u - UDP6-SENDTO:[fe80::7:$(printf %x $at)%eth0]:9; done`
      await inNetworkOf(inmate, [...nobody, 'sh', '-c', `(${calls}) 2>/dev/null`])
      const machine = (await localRunner.run(command('ip', '-6', 'neigh', 'show', 'nud', 'all'))).stdout
      const inside = await inNetworkOf(inmate, ['ip', '-6', 'neigh', 'show', 'nud', 'all'])
      return [machine, inside].map((table) => table.split('\n').filter((line) => /:7:/.test(line)).length)
    },
    expect: { contained: [0, 0] },
  },
  {
    name: 'a step of another build',
    async run({ build, heard }) {
      const address = "sed -n 's/ .* eth0$//p' /proc/net/if_inet6 | sed 's/..../&:/g; s/:$//'"
      const victim = build({
        Dockerfile: `FROM small\nRUN echo "at $(${address})"; timeout 15 nc -l -p 7000 -e echo reached || true`,
      })
      const found = () => /"at ((?:[0-9a-f]{4}:){7}[0-9a-f]{4})"/.exec(heard.join('\n'))?.[1]
      await expect.poll(found, soon).toBeDefined()
      const { lines } = await build({
        Dockerfile: `FROM small\nRUN nc -w 2 ${found()} 7000 </dev/null; echo tried`,
      })
      // The machine reaches it, so somebody was there to be reached.
      const answer = await ask(found() ?? '', 7000)
      await victim
      return [lines.filter((line) => line === 'reached'), lines.at(-1), answer]
    },
    expect: { contained: [[], 'tried', 'reached\n'] },
  },
]

/** Who is seen at the machine's side of the firewall to send something outside: `its own` is the sender's name. */
async function packetsFrom(by: Container, work: () => Promise<void>): Promise<string[]> {
  const table = `berth_watch_${process.pid}`
  const from = by.address6 ?? ''
  const rules = `table inet ${table} {
    set seen { type ipv6_addr; flags dynamic; }
    chain passed {
      type filter hook forward priority filter + 10; policy accept;
      ip6 daddr 2001:db8::1 add @seen { ip6 saddr }
    }
  }`
  await localRunner.run(command('nft', '-f', '-'), { input: rules })
  try {
    await work()
    const seen = async () => {
      const { stdout } = await localRunner.run(command('nft', '-j', 'list', 'set', 'inet', table, 'seen'))
      const listed = JSON.parse(stdout) as { nftables: { set?: { elem?: string[] } }[] }
      return listed.nftables.flatMap(({ set }) => set?.elem ?? [])
    }
    await expect.poll(seen, soon).toContain(from)
    return (await seen()).map((name) => (name === from ? 'its own' : name))
  } finally {
    await localRunner.run(command('nft', 'delete', 'table', 'inet', table))
  }
}

if (readHostIpv6() === 'on') {
  describeAttacks('a running container, by IPv6', attacks, {
    async prepare({ start }: AttackSite) {
      const wait = 'echo up; sleep 3600'
      const links = [{ container: 'database', alias: 'db' }]
      inmate = await start(wait, { ...bridge, group: 'thieves' })
      database = await start(wait, { ...bridge, group: 'data', name: 'database' })
      sibling = await start(wait, { ...bridge, group: 'thieves', links })
    },
  })
}
