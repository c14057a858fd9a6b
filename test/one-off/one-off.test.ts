import { createHash } from 'node:crypto'
import { request } from 'node:http'
import type { Readable } from 'node:stream'
import { command, localRunner } from '@berth/command'
import { settingsEnvironment } from '@berth/domain'
import { decodeWorkerFrame, encodeClientFrame, type WorkerFrame } from '@berth/observe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBerth } from '../platform/berth-session.ts'
import { person, type Signed } from '../platform/person.ts'
import { killPart, pidsOf } from '../platform/processes.ts'
import { shellApp } from '../platform/shell-app.ts'
import { checkout, type Platform, startPlatform } from '../platform/start-platform.ts'
import { processesOf } from '../platform/traces.ts'

let platform: Platform
let ada: Signed

const files = {
  Procfile: 'web: httpd -f -p 5000 -h /www\ngreet: echo "hello from $BERTH_PROCESS"\n',
}

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada')
  const pushed = await (await shellApp(platform, 'shop', files)).push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
})

afterAll(async () => {
  await platform?.remove()
})

const berth = (words: readonly string[], input = '', okStatuses: readonly number[] = [0]) =>
  platform.berth(words, { env: ada.env, input, okStatuses })
const run = (...words: string[]) => berth(['run', '--app', 'shop', '--', ...words])
const start = (...words: string[]) => startBerth(platform, ada, words)

/** Containers that run, beside the one of web. */
const beside = async () => (await processesOf(platform, /conmon/)).length - 1
const waiting = { timeout: 40_000, interval: 200 }

describe('berth run', () => {
  test('hands on what a command prints, each stream apart, and its exit code', async () => {
    const words = ['run', '--app', 'shop', '--', 'sh', '-c', 'echo out; echo trouble >&2; exit 7']
    const { status, stdout, stderr } = await berth(words, '', [7])
    expect({ status, stdout, stderr }).toEqual({ status: 7, stdout: 'out\n', stderr: 'trouble\n' })
    await expect.poll(beside, waiting).toBe(0)
  })

  test('gives it the environment of an instance, under a name of its own', async () => {
    const { stdout } = await run('sh', '-c', 'echo $BERTH_APP $BERTH_PROCESS $DYNO $BERTH_RELEASE; hostname')
    expect(stdout).toBe('shop run.1 run.1 v1\nrun-1\n')
  })

  test('runs a process type by its name, and a line as a Procfile has it', async () => {
    expect((await run('greet')).stdout).toBe('hello from run.1\n')
    expect((await run('echo $BERTH_APP | tr a-z A-Z')).stdout).toBe('SHOP\n')
    expect((await run('echo', '$BERTH_APP', 'a  b')).stdout).toBe('$BERTH_APP a  b\n')
  })

  test('hands on what is piped into it, to its end', async () => {
    const text = 'a line of some length, and then another\n'.repeat(50_000)
    const { stdout } = await berth(['run', '--app', 'shop', '--', 'sha256sum'], text)
    expect(stdout).toBe(`${createHash('sha256').update(text).digest('hex')}  -\n`)
  })

  test('carries 100 MB, byte for byte', async () => {
    const size = 100 * 1024 * 1024
    const session = localRunner.start(
      {
        ...command(
          process.execPath,
          `${checkout}/apps/cli/src/berth.ts`,
          ...['run', '--app', 'shop', '--', 'sh', '-c', `yes 0123456789abcdef | head -c ${size}`],
        ),
        env: { ...settingsEnvironment(platform.settings), ...ada.env },
      },
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [come, wanted] = [createHash('sha256'), createHash('sha256')]
    let bytes = 0
    for await (const chunk of session.stdout as Readable) {
      come.update(chunk)
      bytes += chunk.length
    }
    const block = Buffer.from('0123456789abcdef\n'.repeat(61_681)).subarray(0, 1_048_577)
    for (let left = size; left > 0; left -= block.length) wanted.update(block.subarray(0, left))
    expect(bytes).toBe(size)
    expect(come.digest('hex')).toBe(wanted.digest('hex'))
    expect((await session.exited).status).toBe(0)
  })

  test('on a terminal it has one, with its size', async () => {
    const inner = `stty rows 33 cols 101; "$NODE" "$BERTH" run --app shop -- sh -c 'stty size; tty; exit 4'`
    const { stdout, status } = await localRunner.run(
      {
        ...command('script', '-qec', inner, '/dev/null'),
        env: {
          ...settingsEnvironment(platform.settings),
          ...ada.env,
          NODE: process.execPath,
          BERTH: `${checkout}/apps/cli/src/berth.ts`,
        },
      },
      { okStatuses: [4], timeoutMs: 60_000 },
    )
    // Node's raw mode leaves the line ends of output to the terminal.
    expect(stdout).toMatch(/^33 101\r+\n\/dev\/pts\/\d+\r+\n/)
    expect(status).toBe(4)
  })

  test('Ctrl-C goes to the command, which may answer to it', async () => {
    const session = start(
      ...['run', '--app', 'shop', '--', 'sh', '-c'],
      'trap "echo caught; exit 5" INT; echo ready; while :; do sleep 0.1; done',
    )
    await expect.poll(() => session.printed().stdout, waiting).toContain('ready')
    session.kill('SIGINT')
    expect((await session.exited).status).toBe(5)
    expect(session.printed().stdout).toBe('ready\ncaught\n')
  })

  test.each([
    [['no-such-program'], /not found/],
    [['sh -c "open'], /quote/],
  ])('%j is told what is wrong, and leaves nothing', async (words, says) => {
    const { stderr } = await berth(['run', '--app', 'shop', '--', ...words], '', [1])
    expect(stderr).toMatch(says)
    await expect.poll(beside, waiting).toBe(0)
  })

  test('a reader that has enough ends the command', async () => {
    const session = start('run', '--app', 'shop', '--', 'yes')
    await expect.poll(() => session.printed().stdout.length, waiting).toBeGreaterThan(1_000)
    session.stdout?.destroy()
    expect((await session.exited).status).toBe(141)
    await expect.poll(beside, waiting).toBe(0)
  })
})

describe('a session', () => {
  test('whose client is killed ends what it ran, after a grace time', async () => {
    const session = start('run', '--app', 'shop', '--', 'sh', '-c', 'trap "" TERM HUP; echo ready; sleep 600')
    await expect.poll(() => session.printed().stdout, waiting).toContain('ready')
    expect(await beside()).toBe(1)
    session.kill('SIGKILL')
    await expect.poll(beside, waiting).toBe(0)
  })

  test('whose worker dies says so, and nothing of it is left when the next one is there', async () => {
    const session = start('run', '--app', 'shop', '--', 'sh', '-c', 'echo ready; sleep 600')
    await expect.poll(() => session.printed().stdout, waiting).toContain('ready')
    await killPart(platform, 'worker')
    expect((await session.exited).status).toBe(69)
    expect(session.printed().stderr).toMatch(/lost/)
    await expect.poll(beside, waiting).toBe(0)
    await expect
      .poll(async () => (await berth(['run', '--app', 'shop', '--', 'true'], '', [0, 1, 69])).status, waiting)
      .toBe(0)
  })

  test('whose receiver dies ends what it ran', async () => {
    const session = start('run', '--app', 'shop', '--', 'sh', '-c', 'echo ready; sleep 600')
    await expect.poll(() => session.printed().stdout, waiting).toContain('ready')
    await killPart(platform, 'receiver')
    expect((await session.exited).status).toBe(69)
    await expect.poll(beside, waiting).toBe(0)
    await expect
      .poll(async () => (await berth(['run', '--app', 'shop', '--', 'true'], '', [0, 1, 69])).status, waiting)
      .toBe(0)
  })

  test('takes keys, a new size of its window and Ctrl-C past what it prints', async () => {
    const session = await openSession({ authorization: `Bearer ${ada.token}` })
    const terminal = { columns: 80, rows: 24 }
    const words = ['sh', '-c', 'stty size; read x; stty size; trap "echo caught; exit 6" INT; yes flood']
    session.begin({ command: words, terminal })
    await expect.poll(session.text, waiting).toContain('24 80')
    session.send({ kind: 'resize', size: { columns: 120, rows: 40 } })
    session.send({ kind: 'input', bytes: Buffer.from('x\r') })
    await expect.poll(session.text, waiting).toContain('40 120')
    await expect.poll(session.text, waiting).toContain('flood')
    // Nothing is read on, so the command waits; what is typed passes it by.
    session.send({ kind: 'input', bytes: Buffer.from([3]) })
    session.readOn()
    await expect.poll(session.end, waiting).toEqual({ kind: 'exit', exit: { code: 6, signal: null } })
  })

  test('holds a command up that prints faster than it is read', async () => {
    const session = await openSession({ authorization: `Bearer ${ada.token}` })
    session.begin({ command: ['yes'], terminal: null })
    await expect.poll(() => session.text().length, waiting).toBeGreaterThan(256 * 1024 - 32 * 1024)
    const before = session.text().length
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(session.text().length).toBe(before)
    expect(before).toBeLessThanOrEqual(256 * 1024)
    session.close()
    await expect.poll(beside, waiting).toBe(0)
  })

  test('that sends what has no meaning is broken off', async () => {
    const session = await openSession({ authorization: `Bearer ${ada.token}` })
    session.raw(Buffer.from([99, 1, 2]))
    await expect
      .poll(session.end, waiting)
      .toMatchObject({ kind: 'failed', error: { code: 'ATTACH.BAD_FRAME' } })
  })

  test('ends within a minute when its token is taken away', async () => {
    const bob = await person(platform, 'bob', { team: 'adas team', role: 'developer' })
    const session = startBerth(platform, bob, [
      'run',
      '--app',
      'shop',
      '--',
      'sh',
      '-c',
      'echo ready; sleep 600',
    ])
    await expect.poll(() => session.printed().stdout, waiting).toContain('ready')
    await platform.berth(['members', 'remove', bob.email, '--team', 'adas team'], { env: ada.env })
    expect((await session.exited).status).toBe(1)
    expect(session.printed().stderr).toMatch(/may not run commands here any more/)
    await expect.poll(beside, waiting).toBe(0)
  })
})

describe('the door', () => {
  test('lets no viewer in, and knows no app for a stranger', async () => {
    const vic = await person(platform, 'vic', { team: 'adas team', role: 'viewer' })
    const eve = await person(platform, 'eve')
    const words = ['run', '--app', 'shop', '--', 'true']
    const viewer = await platform.berth(words, { env: vic.env, okStatuses: [1] })
    expect(viewer.stderr).toMatch(/role/)
    const stranger = await platform.berth(words, { env: eve.env, okStatuses: [1] })
    expect(stranger.stderr).toMatch(/no app "shop"/)
    const missing = await platform.berth(['run', '--app', 'nothing', '--', 'true'], {
      env: eve.env,
      okStatuses: [1],
    })
    expect(missing.stderr.replaceAll('nothing', 'shop')).toBe(stranger.stderr)
    for (const words of [
      ['exec', 'web.1', '--app', 'shop', '--', 'true'],
      ['console', '--app', 'shop'],
    ])
      expect((await platform.berth(words, { env: vic.env, okStatuses: [1] })).stderr).toMatch(/role/)
  })

  test('counts no cookie, whosever page it comes from, and no ticket from another site’s page', async () => {
    const { httpPort } = platform.settings
    const own = { origin: `http://berth.localhost:${httpPort}` }
    const cookie = 'berth.session_token=x'
    const withoutTicket: Record<string, string>[] = [{}, { cookie }, { cookie, ...own }]
    for (const headers of withoutTicket) expect(await upgradeStatus(headers)).toBe(401)
    const ticket = { 'sec-websocket-protocol': 'berth.attach.1, berth.ticket.guessed' }
    for (const origin of ['http://evil.localhost:8080', `http://shop.localhost:${httpPort}`])
      expect(await upgradeStatus({ ...ticket, origin })).toBe(403)
    expect(await upgradeStatus({ ...ticket, ...own })).toBe(101)
    const session = await openSession(own, ['berth.attach.1', 'berth.ticket.guessed'])
    await expect
      .poll(session.end, waiting)
      .toMatchObject({ kind: 'failed', error: { code: 'ATTACH.SIGNED_OUT' } })
  })
})

describe('berth run --detached', () => {
  test('goes on without anybody, is listed, and prints into the log', async () => {
    const { stdout } = await berth([
      'run',
      '--app',
      'shop',
      '--detached',
      '--json',
      '--',
      'sh',
      '-c',
      'echo from afar; sleep 600',
    ])
    expect(JSON.parse(stdout)).toEqual({ app: 'shop', name: 'run.1', timeoutMs: 24 * 3_600_000 })
    await expect
      .poll(async () => (await berth(['logs', '--app', 'shop', '--instance', 'run.1'])).stdout, waiting)
      .toMatch(/run\.1.* from afar/)
    expect((await berth(['ps', '--app', 'shop'])).stdout).toMatch(/run\.1 +running +v1/)
    expect((await berth(['ps', 'kill', 'run.1', '--app', 'shop'])).stdout).toContain('run.1 is ended')
    await expect.poll(beside, waiting).toBe(0)
    const again = await berth(['ps', 'kill', 'run.1', '--app', 'shop'], '', [1])
    expect(again.stderr).toMatch(/No one-off instance "run\.1"/)
  })

  test('ends when its time is up', async () => {
    const words = ['sh', '-c', 'echo begun; sleep 600']
    await berth(['run', '--app', 'shop', '--detached', '--timeout', '2s', '--', ...words])
    await expect.poll(beside, waiting).toBe(0)
  })

  test('outlives the worker, and ends in time all the same', async () => {
    await berth(['run', '--app', 'shop', '--detached', '--timeout', '15s', '--', 'sleep', '600'])
    const [worker] = await pidsOf(platform, 'worker')
    await killPart(platform, 'worker')
    await expect.poll(async () => (await pidsOf(platform, 'worker'))[0] ?? worker, waiting).not.toBe(worker)
    expect(await beside()).toBe(1)
    await expect.poll(beside, { timeout: 90_000, interval: 500 }).toBe(0)
  })
})

describe('berth exec', () => {
  test('runs in the instance itself', async () => {
    const words = [
      'exec',
      'web.1',
      '--app',
      'shop',
      '--',
      'sh',
      '-c',
      'echo $BERTH_PROCESS; ps | grep -c httpd; exit 3',
    ]
    const { stdout } = await berth(words, '', [3])
    expect(stdout).toMatch(/^web\.1\n[1-9]/)
  })

  test('of an instance that is not there says which are', async () => {
    const { stderr } = await berth(['exec', 'web.9', '--app', 'shop', '--', 'true'], '', [1])
    expect(stderr).toMatch(/no running instance "web\.9"/)
  })
})

test('berth console opens the shell that the image has', async () => {
  const { stdout } = await berth(['console', '--app', 'shop'], 'echo $0 in $BERTH_PROCESS; exit 3\n', [3])
  expect(stdout).toBe('sh in run.1\n')
})

test('who began what stands in the audit log, without the command’s words', async () => {
  await run('echo', 'pass-word-of-somebody')
  const { stdout } = await berth(['audit', '--json'])
  const entries = JSON.parse(stdout) as { action: string; who: string; object: string; after: unknown }[]
  expect(entries).toContainEqual(
    expect.objectContaining({
      action: 'run',
      object: 'app shop',
      door: 'attach',
      after: expect.objectContaining({ program: 'echo', exit: 0 }),
    }),
  )
  expect(stdout).not.toContain('pass-word-of-somebody')
})

function upgradeStatus(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request({
      host: '127.0.0.1',
      port: platform.settings.httpPort,
      path: '/attach/shop',
      headers: {
        host: `berth.localhost:${platform.settings.httpPort}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': 'berth.attach.1',
        ...headers,
      },
    })
    asking.once('upgrade', (_answer, socket) => {
      socket.destroy()
      resolve(101)
    })
    asking.once('response', (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asking.once('error', reject)
    asking.end()
  })
}

type Begin = { command: string[]; terminal: { columns: number; rows: number } | null }

/** The door itself, without the command line. What comes is let in as far as the window goes, until `readOn`. */
async function openSession(headers: Record<string, string>, protocols = ['berth.attach.1']) {
  const address = `ws://127.0.0.1:${platform.settings.receiverPort}/attach/shop`
  type Init = { protocols: string[]; headers: Record<string, string> }
  const Socket = WebSocket as unknown as new (url: string, init: Init) => WebSocket
  const ws = new Socket(address, { protocols, headers })
  ws.binaryType = 'arraybuffer'
  let text = ''
  let end: WorkerFrame | null = null
  let untold = 0
  let reads = false
  const raw = (frame: Uint8Array) => ws.send(Buffer.from(frame))
  const send = (frame: Parameters<typeof encodeClientFrame>[0]) => raw(encodeClientFrame(frame))
  const tell = () => {
    if (reads && untold > 0) send({ kind: 'window', bytes: untold })
    if (reads) untold = 0
  }
  ws.addEventListener('message', ({ data }) => {
    const frame = decodeWorkerFrame(new Uint8Array(data as ArrayBuffer))
    if (frame.kind === 'stdout' || frame.kind === 'stderr') {
      text += Buffer.from(frame.bytes).toString()
      untold += frame.bytes.length
      tell()
    }
    if (frame.kind === 'exit' || frame.kind === 'failed') end = frame
  })
  await new Promise((resolve, reject) => {
    ws.addEventListener('open', resolve)
    ws.addEventListener('error', reject)
  })
  return {
    raw,
    send,
    begin: ({ command: words, terminal }: Begin) =>
      send({
        kind: 'begin',
        begin: { what: 'run', command: words, instance: null, entrypoint: true, terminal, input: true },
      }),
    text: () => text,
    end: () => end,
    readOn: () => {
      reads = true
      tell()
    },
    close: () => ws.close(),
  }
}
