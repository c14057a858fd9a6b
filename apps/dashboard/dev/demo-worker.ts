import { mkdir, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { dirname } from 'node:path'
import type { StageEvent } from '@berth/domain'
import { type InstanceView, trafficQueryShape } from '@berth/observe'
import { demoTraffic } from './demo-apps.ts'
import { deploymentAnswer } from './demo-deployment-answers.ts'
import { deploymentEvents } from './demo-deployment-events.ts'
import { demoAddress, demoLead } from './demo-domains.ts'
import { type DemoLogs, openDemoLogs } from './demo-logs.ts'
import { demoMachine } from './demo-machine.ts'
import { demoPlot, plotQueryOf } from './demo-metrics.ts'
import { demoOneOffs } from './demo-processes.ts'
import type { DemoIds } from './demo-records.ts'
import { finishedBuild, finishedDeployment, longBuild, runningBuild } from './demo-stages.ts'

/** A worker that only shows: the protocol of packages/observe/src/live-protocol.ts over invented instances and lines. */
export async function startDemoWorker(socketPath: string, ids: DemoIds): Promise<Server> {
  await mkdir(dirname(socketPath), { recursive: true })
  await rm(socketPath, { force: true })
  demoLogs = openDemoLogs(`${dirname(socketPath)}/demo-logs`, (app) => instances(app).map(({ name }) => name))
  const server = createServer((request, response) => {
    answer(request, response, ids).catch(() => response.destroy())
  })
  server.once('close', () => demoLogs?.close())
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return server
}

let demoLogs: DemoLogs | undefined

async function answer(request: IncomingMessage, response: ServerResponse, ids: DemoIds): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://worker')
  const [, kind, id = '', what] = url.pathname.split('/')
  const name = Object.entries(ids.apps).find(([, appId]) => appId === id)?.[0] ?? ''
  if (kind === 'health') return json(response, { ok: true })
  if (kind === 'front-address') return json(response, demoAddress)
  if (what === 'domains')
    return json(response, demoLead(decodeURIComponent(url.pathname.split('/')[4] ?? '')))
  if (kind === 'machine') return json(response, demoMachine())
  if (kind === 'traffic') {
    const body = Buffer.concat(await request.toArray()).toString()
    return json(response, await demoTraffic(ids, trafficQueryShape.parse(JSON.parse(body))))
  }
  if (kind === 'stages') return stage(response, what, eventsOf(id, ids), url.searchParams)
  const ofDeployments = deploymentAnswer(name, what, url.searchParams)
  if (ofDeployments !== undefined) return json(response, ofDeployments)
  if (what === 'one-offs' && request.method === 'GET') return json(response, demoOneOffs(name))
  if (what === 'one-offs' || what === 'cron') return void response.writeHead(204).end()
  if (await answerOfApp({ app: name, id, what, url }, response)) return
  response.writeHead(404)
  json(response, {
    error: { code: 'LIVE.NOT_FOUND', message: 'Nothing', hint: '', fault: 'user', retryable: false },
  })
}

type OfApp = { app: string; id: string; what: string | undefined; url: URL }

/** True: it was answered. */
async function answerOfApp(asked: OfApp, response: ServerResponse): Promise<boolean> {
  const { app, what, url } = asked
  if (what === 'instances') json(response, instances(app))
  else if (what === 'metrics') json(response, await demoPlot(app, plotQueryOf(url.searchParams)))
  else return (await demoLogs?.answer(asked, response)) === true
  return true
}

async function stage(
  response: ServerResponse,
  what: string | undefined,
  events: AsyncIterable<StageEvent>,
  query: URLSearchParams,
): Promise<void> {
  if (what === 'events') return stream(response, events, Number(query.get('after') ?? 0))
  response.writeHead(204).end()
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}

async function stream(
  response: ServerResponse,
  values: AsyncIterable<unknown>,
  after: number,
): Promise<void> {
  response.flushHeaders()
  let number = 0
  for await (const value of values) {
    if (response.closed) return
    if (number++ >= after) response.write(`${JSON.stringify(value)}\n`)
  }
  response.end()
}

async function* eventsOf(id: string, ids: DemoIds): AsyncIterable<StageEvent> {
  const ofDeployments = deploymentEvents(id, ids)
  if (ofDeployments) yield* ofDeployments
  else if (id === ids.stages.running) yield* runningBuild()
  else if (id === ids.stages.broken) yield* finishedBuild({ fails: true, next: null })
  else if (id === ids.stages.long) yield* longBuild()
  else if (id === ids.stages['live-deployment']) yield* finishedDeployment()
  else
    yield* finishedBuild({
      fails: false,
      next: id === ids.stages.live ? (ids.stages['live-deployment'] ?? null) : null,
    })
}

const megabyte = 1024 * 1024

function instances(app: string): InstanceView[] {
  const since = new Date(Date.now() - 26 * 60_000).toISOString()
  const one = (name: string, more: Partial<InstanceView> = {}): InstanceView => ({
    name,
    processType: name.split('.')[0] ?? 'web',
    releaseVersion: app === 'shop' ? 3 : 1,
    containerId: `${app}-${name}`,
    state: 'running',
    address: '10.90.0.2',
    startedAt: since,
    restarts: 0,
    health: { state: 'healthy', reason: null },
    lastExit: null,
    memoryBytes: (88 + Math.random() * 8) * megabyte,
    memoryLimitBytes: 512 * megabyte,
    cpuFraction: 0.03 + Math.random() * 0.1,
    ...more,
  })
  const lastExit = {
    code: 137,
    signal: 'SIGKILL',
    outOfMemory: true,
    at: new Date(Date.now() - 5 * 60_000).toISOString(),
  }
  if (app === 'shop')
    return [
      one('web.1'),
      one('web.2'),
      one('worker.1', { restarts: 2, lastExit, memoryBytes: 482 * megabyte }),
    ]
  if (app === 'tides') {
    const worker = { releaseVersion: 5, memoryBytes: 61 * megabyte, cpuFraction: 0.01 }
    return [one('web.1', { releaseVersion: 5 }), one('web.2', { releaseVersion: 5 }), one('worker.1', worker)]
  }
  if (app === 'beacon') return ['web.1', 'web.2', 'worker.1'].map((name) => one(name, { releaseVersion: 5 }))
  if (app === 'orders' || app === 'ferries') return [one('web.1')]
  if (app === 'mailer') {
    const crash = { ...lastExit, code: 1, signal: null, outOfMemory: false }
    return [
      one('web.1', {
        state: 'crashed',
        health: { state: 'unhealthy', reason: null },
        restarts: 9,
        lastExit: crash,
        memoryBytes: null,
        cpuFraction: null,
        startedAt: null,
      }),
    ]
  }
  return []
}
