import { lstat, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AgentProxy, openAgentProxy } from './agent-proxy.ts'

let directory: string
let agent: Server
let proxy: AgentProxy
let asked: Buffer

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-agent-'))
  asked = Buffer.alloc(0)
  const clients: Socket[] = []
  agent = createServer((socket) => {
    clients.push(socket)
    socket.on('data', (bytes: Buffer) => {
      asked = Buffer.concat([asked, bytes])
      socket.write(Buffer.from([0, 0, 0, 1, 12]))
    })
  })
  await new Promise<void>((resolve) => agent.listen(`${directory}/agent`, resolve))
  const owner = { uid: 1234, gid: 1234 }
  proxy = await openAgentProxy({ agent: `${directory}/agent`, directory, name: 'shown', owner, mode: 0o600 })
})
afterEach(async () => {
  await proxy.close()
  agent.close()
  await rm(directory, { recursive: true })
})

const message = (type: number, ...rest: number[]) => Buffer.from([0, 0, 0, 1 + rest.length, type, ...rest])

async function answerTo(...pieces: Buffer[]): Promise<Buffer> {
  const socket = connect(`${directory}/shown`)
  for (const piece of pieces) socket.write(piece)
  const answer = await new Promise<Buffer>((resolve) => {
    socket.once('data', resolve)
    socket.once('close', () => resolve(Buffer.alloc(0)))
  })
  socket.destroy()
  return answer
}

test('lists keys and signs, also when a question comes in pieces', async () => {
  expect(await answerTo(message(11))).toEqual(message(12))
  const sign = message(13, 1, 2, 3)
  expect(await answerTo(sign.subarray(0, 3), sign.subarray(3))).toEqual(message(12))
  expect(asked).toEqual(Buffer.concat([message(11), sign]))
  expect((await lstat(`${directory}/shown`)).uid).toBe(1234)
})

test.each([17, 18, 19, 22, 25, 27])('refuses question %i by itself', async (type) => {
  expect(await answerTo(message(type))).toEqual(message(5))
  expect(asked).toHaveLength(0)
})

test('lets go of who sends what is no question', async () => {
  expect(await answerTo(Buffer.from([255, 255, 255, 255, 11]))).toHaveLength(0)
  expect(asked).toHaveLength(0)
})

test('is gone when it is closed, with who still listens', async () => {
  const socket = connect(`${directory}/shown`)
  await new Promise((resolve) => socket.once('connect', resolve))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.resume()
  await proxy.close()
  await closed
  await expect(lstat(`${directory}/shown`)).rejects.toMatchObject({ code: 'ENOENT' })
})
