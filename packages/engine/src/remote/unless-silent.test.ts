import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openCall } from './call.ts'
import { openChannel } from './channel.ts'

/** A process that takes calls; what it does with them is the test's. */
async function listening(take: (socket: Socket) => void): Promise<string> {
  const directory = await mkdtemp('/tmp/berth-silent-')
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    take(socket)
  }).listen(`${directory}/socket`)
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of open) socket.destroy()
    server.close()
    await rm(directory, { recursive: true })
  })
  return `${directory}/socket`
}

test('a call to an engine that hangs ends', async () => {
  const socket = await listening((caller) => caller.resume())
  const call = await openCall(socket, 'containers.list', [], 50)
  await expect(call.answers.next()).rejects.toMatchObject({ code: 'ENGINE.SILENT', retryable: true })
})

test('an engine that takes its time shows that it lives', async () => {
  const socket = await listening(async (caller) => {
    const channel = openChannel(caller)
    for (let times = 0; times < 8; times += 1) {
      await channel.send({ json: '{"ping":true}' })
      await sleep(150)
    }
    await channel.send({ json: '{"result":"done"}' })
  })
  const call = await openCall(socket, 'containers.list', [], 400)
  expect((await call.answers.next()).value).toEqual({ result: 'done' })
})
