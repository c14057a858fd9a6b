import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { command, localRunner } from '@berth/command'
import {
  type HaproxyOptions,
  haproxyCommand,
  openHaproxy,
  type RouteTable,
  writeInitialConfiguration,
} from '@berth/route'
import type { BenchRun } from './bench-run.ts'
import { freePorts } from './free-ports.ts'
import { median } from './median.ts'
import { accepts, nginxCommand, nginxConfiguration } from './nginx.ts'
import { type Load, parseWrk } from './parse-wrk.ts'
import { startProgram } from './start-program.ts'
import { sidesInTurn } from './take-turns.ts'

/** What wrk does: enough connections to keep two cores busy, few enough that none waits for a descriptor. */
const load = { threads: 2, connections: 64 }
const goal = 1
const workers = Math.min(availableParallelism(), 4)

type Ports = { plain: number; tls: number }
type Case = { appCount: number; scheme: 'http' | 'https'; ports: { berth: Ports; other: Ports } }

/** Requests that wrk makes through each door to one and the same server behind it, which answers with three bytes. */
export async function measureDoor(run: BenchRun): Promise<void> {
  const directory = await mkdtemp('/tmp/berth-bench-door-')
  await chmod(directory, 0o711)
  run.defer(() => rm(directory, { recursive: true, force: true }))
  const certificate = await makeCertificate(directory)
  await writeFile(`${directory}/load.lua`, loadScript)
  const upstreamPort = await startUpstream(directory, run)

  for (const appCount of [1, 1_000]) {
    const place = { directory: `${directory}/${appCount}`, appCount, upstreamPort, certificate }
    await mkdir(place.directory)
    const ports = { berth: await startHaproxy(place, run), other: await startNginx(place, run) }
    for (const scheme of ['http', 'https'] as const) {
      await measureCase({ appCount, scheme, ports }, directory, run)
    }
  }
}

async function measureCase(given: Case, directory: string, run: BenchRun): Promise<void> {
  const { appCount, scheme, ports } = given
  const loads: Record<'berth' | 'other', Load[]> = { berth: [], other: [] }
  const seconds = run.quick ? 1 : 5
  const measure = (side: 'berth' | 'other', forSeconds: number) =>
    putUnderLoad({
      appCount,
      port: ports[side][scheme === 'http' ? 'plain' : 'tls'],
      scheme,
      directory,
      forSeconds,
    })
  for (const side of sidesInTurn(0)) await measure(side, 1)
  for (let round = 0; round < run.rounds; round += 1) {
    for (const side of sidesInTurn(round)) {
      run.signal.throwIfAborted()
      loads[side].push(await measure(side, seconds))
    }
  }
  const middle = (side: 'berth' | 'other', part: keyof Load) => median(loads[side].map((one) => one[part]))
  const name = `${appCount.toLocaleString('en')} app${appCount === 1 ? '' : 's'}${scheme === 'https' ? ', TLS' : ''}`
  const against = 'nginx'
  run.tell({
    figure: `${name}: requests a second`,
    berth: middle('berth', 'requestsPerSecond'),
    other: middle('other', 'requestsPerSecond'),
    ...{ against, unit: '/s', better: 'higher', goal },
  })
  run.tell({
    figure: `${name}: p99`,
    berth: middle('berth', 'p99Ms'),
    other: middle('other', 'p99Ms'),
    ...{ against, unit: 'ms', better: 'lower', goal: null },
  })
}

async function putUnderLoad(given: {
  appCount: number
  port: number
  scheme: string
  directory: string
  forSeconds: number
}): Promise<Load> {
  const { appCount, port, scheme, directory, forSeconds } = given
  const amounts = [`-t${load.threads}`, `-c${load.connections}`, `-d${forSeconds}s`, '--latency'] as const
  const address = `${scheme}://127.0.0.1:${port}/`
  const wrk = command('wrk', ...amounts, '-s', `${directory}/load.lua`, address, '--', String(appCount))
  const { stdout } = await localRunner.run(wrk, { timeoutMs: (forSeconds + 30) * 1_000 })
  return parseWrk(stdout)
}

/** Every request asks for the next app. They are written once, so that the load costs the same for one and for many. */
const loadScript = `
local requests, last = {}, 0
function init(args)
  for number = 1, tonumber(args[1]) do
    requests[number] = wrk.format('GET', '/', { Host = 'app' .. number .. '.example.test' })
  end
end
function request()
  last = last % #requests + 1
  return requests[last]
end
`

type Place = { directory: string; appCount: number; upstreamPort: number; certificate: string }

/**
 * The table goes through the front door's own driver, and HAProxy is then started from what it wrote. The front door
 * has no certificates yet: one more \`bind\` line in the same frontend stands for them.
 */
async function startHaproxy(place: Place, run: BenchRun): Promise<Ports> {
  const [plain, tls] = (await freePorts(2)) as [number, number]
  const directory = `${place.directory}/front-door`
  const options: HaproxyOptions = {
    directory,
    adminSocket: `${place.directory}/run/admin.sock`,
    masterSocket: `${place.directory}/run/master.sock`,
    httpPort: plain,
    tls: null,
    trustedProxies: [],
    addresses: ['127.0.0.1'],
    dropTo: { user: 'haproxy', group: 'haproxy', jail: `${directory}/jail` },
    threads: workers,
    maxConnections: 8_000,
  }
  await writeInitialConfiguration(options)
  const stop = await startProgram(haproxyCommand(options), () => accepts(plain), run)
  await openHaproxy(options).apply(tableOf(place))
  await stop()
  await addBindLine(`${directory}/current/haproxy.cfg`, `bind 127.0.0.1:${tls} ssl crt ${place.certificate}`)
  await startProgram(haproxyCommand(options), () => accepts(tls), run)
  return { plain, tls }
}

function tableOf({ appCount, upstreamPort }: Place): RouteTable {
  const routes = hosts(appCount).map((host, index) => ({
    id: `app-${index + 1}`,
    title: `app${index + 1}`,
    hosts: [host],
    pathPrefix: null,
    targets: [{ name: 'web.1', address: '127.0.0.1', port: upstreamPort }],
    state: 'live' as const,
  }))
  return { routes }
}

async function addBindLine(path: string, line: string): Promise<void> {
  const text = await readFile(path, 'utf8')
  const changed = text.replace('\nfrontend http\n', `\nfrontend http\n  ${line}\n`)
  if (changed === text)
    throw new Error('The configuration of the front door has no frontend `http` any more.')
  await writeFile(path, changed)
}

/** The same routes, the same promises about headers, upgrades and TLS, kept connections on both sides. */
async function startNginx(place: Place, run: BenchRun): Promise<Ports> {
  const [plain, tls] = (await freePorts(2)) as [number, number]
  const directory = `${place.directory}/nginx`
  await mkdir(directory)
  const tlsLines = [`ssl_certificate ${place.certificate};`, `ssl_certificate_key ${place.certificate};`]
  const servers = hosts(place.appCount).flatMap((host, index) => [
    `upstream app${index + 1} { server 127.0.0.1:${place.upstreamPort}; keepalive 64; keepalive_requests 100000000; }`,
    `server { listen 127.0.0.1:${plain}; listen 127.0.0.1:${tls} ssl; server_name ${host};`,
    `location / { proxy_pass http://app${index + 1}; } }`,
  ])
  const http = [...tlsLines, ...proxyLines, ...servers]
  await writeFile(`${directory}/nginx.conf`, nginxConfiguration({ directory, workers, http }))
  await startProgram(nginxCommand(directory), () => accepts(tls), run)
  return { plain, tls }
}

/** nginx leaves out headers with `_` by itself. Debian's speaks TLS 1.3, as HAProxy does, only where it is told to. */
const proxyLines = [
  'ssl_protocols TLSv1.2 TLSv1.3;',
  'ssl_session_cache shared:tls:10m;',
  'proxy_http_version 1.1;',
  'map $http_upgrade $kept_or_upgraded { default upgrade; "" ""; }',
  'proxy_set_header Connection $kept_or_upgraded;',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Host $host;',
  'proxy_set_header X-Forwarded-For $remote_addr;',
  'proxy_set_header X-Real-IP $remote_addr;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
  'proxy_set_header X-Forwarded-Port $server_port;',
  'proxy_set_header X-Forwarded-Host $host;',
  ...['X-Forwarded-Prefix', 'X-Forwarded-Server', 'Forwarded', 'Proxy', 'HTTP2-Settings'].map(
    (name) => `proxy_set_header ${name} "";`,
  ),
]

async function startUpstream(parent: string, run: BenchRun): Promise<number> {
  const [port] = (await freePorts(1)) as [number]
  const directory = `${parent}/upstream`
  await mkdir(directory)
  const http = [`server { listen 127.0.0.1:${port} backlog=4096; location / { return 200 "ok\\n"; } }`]
  await writeFile(`${directory}/nginx.conf`, nginxConfiguration({ directory, workers: 1, http }))
  await startProgram(nginxCommand(directory), () => accepts(port), run)
  return port
}

function hosts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `app${index + 1}.example.test`)
}

/** Key and self-signed certificate in one file, as HAProxy wants them. */
async function makeCertificate(directory: string): Promise<string> {
  const path = `${directory}/certificate.pem`
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    path,
  ] as const
  const words = [
    'req',
    '-x509',
    '-days',
    '2',
    '-subj',
    '/CN=example.test',
    ...key,
    '-out',
    `${path}.crt`,
  ] as const
  await localRunner.run(command('openssl', ...words))
  await writeFile(path, (await readFile(path, 'utf8')) + (await readFile(`${path}.crt`, 'utf8')))
  return path
}
