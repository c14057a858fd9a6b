import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { tarStream } from '@berth/engine/archive/make-tar.ts'
import { type Attack, describeAttacks } from './attack.ts'
import { type AttackSite, textOf } from './attack-site.ts'

/** What containers do to those beside them, to the network, and to who copies from them. */
let server: Server
let heardByMachine = 0
let port = 0

const bridge = { network: 'bridge' } as const
const gateway = `ip route | sed -n 's/default via \\([0-9.]*\\).*/\\1/p'`

const networks: Attack[] = [
  {
    name: 'what listens on every address of the machine',
    async run({ run }) {
      heardByMachine = 0
      const { lines } = await run(
        `(nc -w 1 $(${gateway}) ${port} </dev/null; nc -w 1 127.0.0.1 ${port} </dev/null) 2>/dev/null; echo tried`,
        bridge,
      )
      return [lines.at(-1), heardByMachine]
    },
    expect: { contained: ['tried', 0] },
  },
  {
    name: 'what listens on the machine, from a step of a build',
    async run({ build }) {
      heardByMachine = 0
      const { lines } = await build({
        Dockerfile: `FROM small\nRUN nc -w 1 $(${gateway}) ${port} </dev/null; echo tried`,
      })
      return [lines.at(-1), heardByMachine]
    },
    expect: { contained: ['tried', 0] },
  },
  {
    name: 'another address than its own',
    run: async ({ run }) =>
      (
        await run(
          '(ip addr add 10.255.0.9/24 dev eth0 || ip link set eth0 address 02:00:00:00:00:01) 2>/dev/null && echo came through',
          bridge,
        )
      ).lines,
    expect: { contained: [] },
  },
  {
    name: 'packets made by hand, as a neighbour',
    run: async ({ run }) =>
      (
        await run(
          `(arping -c 1 -w 1 -U -I eth0 $(${gateway}) || ping -c 1 -W 1 -I lo 127.0.0.2) 2>&1 | grep -ci "bytes from\\|unicast reply"`,
          bridge,
        )
      ).lines,
    expect: { contained: ['0'] },
  },
  {
    name: 'a container of another group, which its own reach',
    async run({ start, run }) {
      const script = 'echo up; while :; do nc -l -p 7000 -e echo reached; done'
      const victim = await start(script, { ...bridge, group: 'victims' })
      const call = `for try in 1 2 3; do nc -w 1 ${victim.address} 7000 </dev/null 2>/dev/null && exit; sleep 0.1; done`
      const own = await run(call, { ...bridge, group: 'victims' })
      const other = await run(call, { ...bridge, group: 'thieves' })
      return [own.lines, other.lines]
    },
    expect: { contained: [['reached'], []] },
  },
]

const files: Attack[] = [
  {
    name: 'links in a volume, followed by another container',
    async run({ run, canary }) {
      const mounts = [{ kind: 'volume', volume: 'shared', target: '/v', readOnly: false }] as const
      await run(`ln -s ${canary.directory} /v/way; ln -s ${canary.secretPath} /v/file`, {
        mounts,
        group: 'one',
      })
      return (
        await run('cat /v/way/secret /v/file 2>/dev/null || echo nothing there', { mounts, group: 'two' })
      ).lines
    },
    expect: { contained: ['nothing there'] },
  },
  {
    name: 'a set-uid program and a device, passed on in a volume',
    async run({ run }) {
      const mounts = [{ kind: 'volume', volume: 'shared', target: '/v', readOnly: false }] as const
      await run('cp /bin/busybox /v/id; chmod 4755 /v/id', { mounts, group: 'one' })
      return (await run('/v/id -u', { mounts, group: 'two', user: 'app' })).lines
    },
    expect: { contained: ['1000'] },
  },
  {
    name: 'a volume whose name climbs out',
    run: ({ run }) =>
      run('true', { mounts: [{ kind: 'volume', volume: '../../escaped', target: '/v', readOnly: false }] }),
    expect: { refused: 'VOLUME.INVALID' },
  },
  {
    name: 'a link to the machine, copied through',
    async run(site) {
      const { engine, canary } = site
      const { id } = await site.start(
        `ln -s ${canary.directory} /way; ln -s ../../../../../..${canary.directory} /up; echo up; sleep 60`,
      )
      return Promise.all([
        site.codeOf(engine.containers.copyIn(id, '/way', tarStream([{ path: 'planted', content: 'x' }]))),
        site.codeOf(
          engine.containers.copyIn(id, '/up/kept', tarStream([{ path: 'deep/file', content: 'x' }])),
        ),
        site.codeOf(textOf(engine.containers.copyOut(id, '/way/secret'))),
        site.codeOf(textOf(engine.containers.copyOut(id, `/proc/1/root${canary.secretPath}`))),
      ])
    },
    expect: {
      contained: [
        'CONTAINER.PATH_NOT_FOUND',
        'CONTAINER.PATH_NOT_FOUND',
        'CONTAINER.PATH_NOT_FOUND',
        'CONTAINER.PATH_NOT_FOUND',
      ],
    },
  },
  {
    name: 'a directory that becomes a link while it is copied',
    cve: 'CVE-2018-15664',
    async run(site) {
      const { id } = await site.start(
        `mkdir -p /t/a; cd /t; ln -s ${site.canary.directory} b; echo up; while :; do mv a c; mv b a; mv a b; mv c a; done`,
      )
      return race(site, id, '/t/a')
    },
    expect: { contained: [] },
  },
  {
    name: 'a root that becomes a link in steps while it is copied',
    cve: 'CVE-2019-14271',
    async run(site) {
      const { id } = await site.start(
        `mkdir -p /t/d/kept; cd /t; echo up; while :; do mv d e; ln -s ../../../../../../..${site.canary.directory} d; rm d; mv e d; done`,
      )
      return race(site, id, '/t/d/kept')
    },
    expect: { contained: [] },
  },
  {
    name: 'an image committed from a container with links and whiteouts',
    async run(site) {
      const { id } = await site.start(
        `ln -s ${site.canary.directory} /way; rm -rf /etc/group; ln -s ${site.canary.secretPath} /etc/group; touch /.wh.bin; echo up; sleep 60`,
      )
      await site.engine.containers.commit(id, { names: ['hostile:v1'] })
      return (
        await site.run('cat /way/secret /etc/group 2>/dev/null || echo nothing there', {
          image: 'hostile:v1',
        })
      ).lines
    },
    expect: { contained: ['nothing there'] },
  },
  {
    name: 'an export of a container with links',
    async run(site) {
      const { id } = await site.start(`ln -s ${site.canary.directory} /way; echo up; sleep 60`)
      return (await textOf(site.engine.containers.export(id))).includes(site.canary.secret)
    },
    expect: { contained: false },
  },
]

/** What was seen of the canary; what was written shows on itself. */
async function race({ engine, canary }: AttackSite, id: string, path: string): Promise<string[]> {
  const seen: string[] = []
  const until = Date.now() + 1_500
  while (Date.now() < until) {
    await engine.containers
      .copyIn(id, path, tarStream([{ path: 'planted', content: 'x' }]))
      .catch(() => undefined)
    const text = await textOf(engine.containers.copyOut(id, `${path}/.`)).catch(() => '')
    if (text.includes(canary.secret)) seen.push(text)
  }
  return seen
}

describeAttacks('containers beside each other', [...networks, ...files], {
  async prepare() {
    server = createServer((socket) => {
      heardByMachine += 1
      socket.on('error', () => {}).end('of the machine')
    }).listen(0, '0.0.0.0')
    await once(server, 'listening')
    port = (server.address() as { port: number }).port
  },
  async restore() {
    server.close()
  },
})
