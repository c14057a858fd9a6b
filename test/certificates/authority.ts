import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { command, localRunner, type RunningCommand } from '@berth/command'
import { claimPorts } from '../platform/claim-ports.ts'

/**
 * Debian's pebble, an ACME authority that is not ours, with a name server of its own (pebble-challtestsrv): every name leads
 * to this machine unless the story says otherwise, and it looks at HTTP-01 where the platform's front door is.
 */
export type TestAuthority = {
  directory: string
  /** A PEM file: whom to trust when asking it. */
  caPath: string
  /** `127.0.0.1:port` */
  nameServer: string
  /** What it printed. */
  lines: string[]
  /** PEM of the root that its certificates lead to. */
  root(): Promise<string>
  /** From now on this name leads there. */
  setAddress(host: string, address: string): Promise<void>
  setText(name: string, value: string): Promise<void>
  clearText(name: string): Promise<void>
  /** `httpPort`: where it comes to see challenges. */
  start(httpPort: number): Promise<void>
  stop(): Promise<void>
  close(): Promise<void>
}

/** Its places are known at once, for the platform's settings; it is started when the platform's are. */
export async function openAuthority({
  validitySeconds,
}: {
  validitySeconds: number
}): Promise<TestAuthority> {
  const own = await mkdtemp('/tmp/berth-authority-')
  const { ports, release } = await claimPorts(4)
  const [acmePort = 0, managementPort = 0, dnsPort = 0, dnsManagementPort = 0] = ports
  const [certificate, key] = [`${own}/authority.pem`, `${own}/authority.key`]
  await makeServerCertificate(certificate, key)
  const configuration = `${own}/pebble.json`
  const pebbleOptions = {
    listenAddress: `127.0.0.1:${acmePort}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate,
    privateKey: key,
    tlsPort: 1,
    certificateValidityPeriod: validitySeconds,
    domainBlocklist: ['refused.test'],
  }
  const nameServer = `127.0.0.1:${dnsPort}`
  const lines: string[] = []
  const names = begin(
    command(
      'pebble-challtestsrv',
      ...['-dns01', nameServer, '-management', `127.0.0.1:${dnsManagementPort}`],
      ...['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', ''],
    ),
    [],
  )
  let pebble: RunningCommand | undefined

  async function start(httpPort: number): Promise<void> {
    await writeFile(configuration, JSON.stringify({ pebble: { ...pebbleOptions, httpPort } }))
    // It waits at random before it looks, and refuses a twentieth of what is asked, unless told not to.
    const env = { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' }
    pebble = begin({ ...command('pebble', '-config', configuration, '-dnsserver', nameServer), env }, lines)
    await until(async () => (await ask(`https://127.0.0.1:${acmePort}/dir`, certificate)) !== null)
  }

  async function stop(): Promise<void> {
    pebble?.kill('SIGKILL')
    await pebble?.exited
  }

  const tell = (path: string, body: object) =>
    fetch(`http://127.0.0.1:${dnsManagementPort}/${path}`, { method: 'POST', body: JSON.stringify(body) })

  return {
    directory: `https://127.0.0.1:${acmePort}/dir`,
    caPath: certificate,
    nameServer,
    lines,
    root: async () => (await ask(`https://127.0.0.1:${managementPort}/roots/0`, certificate)) ?? '',
    setAddress: async (host, address) => {
      await tell('clear-a', { host: `${host}.` })
      await tell('add-a', { host: `${host}.`, addresses: [address] })
    },
    setText: async (name, value) => void (await tell('set-txt', { host: `${name}.`, value })),
    clearText: async (name) => void (await tell('clear-txt', { host: `${name}.` })),
    start,
    stop,
    async close() {
      await stop()
      names.kill('SIGKILL')
      await names.exited
      await rm(own, { recursive: true, force: true })
      await release()
    },
  }
}

function begin(what: ReturnType<typeof command>, lines: string[]): RunningCommand {
  const running = localRunner.start(what, { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [running.stdout, running.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  return running
}

async function makeServerCertificate(certificate: string, key: string): Promise<void> {
  await localRunner.run(
    command(
      ...([
        'openssl',
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
      ] as const),
      ...['-days', '2', '-keyout', key, '-out', certificate, '-subj', '/CN=127.0.0.1'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1'],
    ),
  )
}

/** Null where nothing answers. */
async function ask(url: string, ca: string): Promise<string | null> {
  const { status, stdout } = await localRunner.run(
    command('curl', '-s', '--cacert', ca, '--max-time', '5', url),
    {
      okStatuses: [0, 7, 28, 35, 52, 56],
    },
  )
  return status === 0 ? stdout : null
}

async function until(check: () => Promise<boolean>): Promise<void> {
  for (
    const end = Date.now() + 20_000;
    !(await check());
    await new Promise((resolve) => setTimeout(resolve, 50))
  ) {
    if (Date.now() > end) throw new Error('the authority did not start within 20 s')
  }
}
