import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StageEvent } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { everything } from '../app-log/log-filter.ts'
import { followStage } from '../follow-stage.ts'
import { openLiveClient } from './live-client.ts'

let directory: string
let socketPath: string
let server: Server | undefined
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-live-'))
  socketPath = join(directory, 'worker.sock')
})
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
  server = undefined
  await rm(directory, { recursive: true, force: true })
})

async function answer(listener: RequestListener): Promise<void> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server?.listen(socketPath, resolve))
}

const section: StageEvent = { kind: 'section', at: 1, text: 'Building' }
const ended: StageEvent = { kind: 'ended', at: 2, outcome: 'succeeded', error: null, next: null }
const signal = new AbortController().signal
const line = (value: unknown) => `${JSON.stringify(value)}\n`

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const found: Value[] = []
  for await (const value of values) found.push(value)
  return found
}

describe('the live client', () => {
  test('reads events until the stage has ended, in pieces however they are cut', async () => {
    await answer((request, response) => {
      expect(request.url).toBe('/stages/b1/events?after=3&lease=1')
      const text = line(section) + line(ended)
      response.write(text.slice(0, 10))
      setTimeout(() => response.write(text.slice(10)), 5)
    })
    const events = openLiveClient(socketPath).stageEvents('b1', { after: 3, lease: true, signal })
    expect(await all(events)).toEqual([section, ended])
  })

  test('says LIVE.UNAVAILABLE where there is no socket', async () => {
    const client = openLiveClient(socketPath)
    await expect(client.instances('a1')).rejects.toMatchObject({ code: 'LIVE.UNAVAILABLE', retryable: true })
    expect(await client.healthy()).toBe(false)
  })

  test('says LIVE.UNAVAILABLE where a stream breaks off before the end', async () => {
    await answer((_request, response) => response.end(line(section)))
    const events = openLiveClient(socketPath).stageEvents('b1', { after: 0, lease: false, signal })
    await expect(all(events)).rejects.toMatchObject({ code: 'LIVE.UNAVAILABLE' })
  })

  test('throws the error that the worker answers with', async () => {
    const error = { code: 'LIVE.NOT_FOUND', message: 'm', hint: 'h', fault: 'user', retryable: false }
    await answer((_request, response) => response.writeHead(404).end(JSON.stringify({ error })))
    await expect(openLiveClient(socketPath).cancelStage('b1')).rejects.toMatchObject(error)
  })

  test('does not trust what comes in', async () => {
    await answer((_request, response) => response.end(line({ kind: 'line', text: 7 })))
    const events = openLiveClient(socketPath).stageEvents('b1', { after: 0, lease: false, signal })
    await expect(all(events)).rejects.toMatchObject({ code: 'LIVE.UNREADABLE' })
  })

  test('reads a line without an end only so far', async () => {
    await answer((_request, response) => response.write('x'.repeat(1024 * 1024)))
    const logs = openLiveClient(socketPath).logs('a1', {
      follow: true,
      tail: 1,
      after: null,
      filter: everything,
      signal,
    })
    await expect(all(logs)).rejects.toMatchObject({ code: 'LIVE.UNREADABLE' })
  })

  test('closes the connection when the reader leaves', async () => {
    const left = Promise.withResolvers<void>()
    await answer((_request, response) => {
      response.once('close', () => left.resolve())
      response.write(line(section))
    })
    for await (const event of openLiveClient(socketPath).stageEvents('b1', {
      after: 0,
      lease: true,
      signal,
    })) {
      expect(event).toEqual(section)
      break
    }
    await left.promise
  })

  test('ends a stream without an error when its signal is aborted', async () => {
    const leaving = new AbortController()
    await answer((_request, response) => {
      const place = { number: 1, at: 'now', source: 'app', instance: 'web.1', release: 1 }
      response.write(line({ ...place, stream: 'stdout', text: 'hello' }))
      setTimeout(() => leaving.abort(), 10)
    })
    const query = { follow: true, tail: 1, after: null, filter: everything, signal: leaving.signal }
    const lines = await all(openLiveClient(socketPath).logs('a1', query))
    expect(lines.map((found) => found.text)).toEqual(['hello'])
  })
})

describe('following a stage', () => {
  test('goes on where a restarted worker left off', async () => {
    let calls = 0
    await answer((request, response) => {
      calls += 1
      if (calls === 1) response.end(line(section))
      else response.end(line(ended))
      if (calls === 2) expect(request.url).toBe('/stages/b1/events?after=1&lease=1')
    })
    const events = followStage(openLiveClient(socketPath), 'b1', { lease: true, signal })
    expect(await all(events)).toEqual([section, ended])
  })

  test('loses its patience with a worker that stays away', async () => {
    const events = followStage(openLiveClient(socketPath), 'b1', { lease: false, signal, patienceMs: 120 })
    await expect(all(events)).rejects.toMatchObject({ code: 'LIVE.UNAVAILABLE' })
  })
})
