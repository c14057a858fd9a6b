import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseMap, parseServers, parseStat } from './read-state.ts'
import { haproxySocket } from './socket.ts'
import { tellHaproxy } from './tell.ts'

describe('a question to HAProxy', () => {
  let directory: string
  let server: Server
  let sockets: Socket[]
  let answer: (socket: Socket) => void
  const path = () => join(directory, 'x.sock')
  const notAnswering = (reason: string) => ({
    code: 'ROUTE.NOT_ANSWERING',
    message: expect.stringContaining(reason),
  })

  beforeEach(async () => {
    directory = await mkdtemp('/tmp/berth-route-socket-')
    sockets = []
    server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy())
      sockets.push(socket)
      answer(socket)
    })
    await new Promise<void>((resolve) => server.listen(path(), resolve))
  })
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await rm(directory, { recursive: true })
  })

  test('is answered with everything until the other side closes', async () => {
    answer = (socket) => socket.on('data', (question) => socket.end(`you said ${question}`))
    expect(await haproxySocket('admin', path())('show info')).toBe('you said show info\n')
  })

  test('that hangs is given up', async () => {
    answer = (socket) => socket.resume()
    const ask = haproxySocket('master', path(), { timeoutMs: 50, answerBytes: 1000 })
    await expect(ask('show proc')).rejects.toMatchObject(notAnswering('no answer within 50 ms'))
  })

  test('that is answered without end is given up', async () => {
    answer = (socket) => socket.write(Buffer.alloc(100_000))
    const ask = haproxySocket('admin', path(), { timeoutMs: 5000, answerBytes: 1000 })
    await expect(ask('show stat')).rejects.toMatchObject(notAnswering('too long'))
  })

  test('where nobody listens is a coded error', async () => {
    await expect(haproxySocket('admin', `${path()}.gone`)('show info')).rejects.toMatchObject(
      notAnswering('ENOENT'),
    )
  })

  test('is one command: a line end or a semicolon is a bug of ours', () => {
    const ask = haproxySocket('admin', path())
    expect(() => ask('a\nb')).toThrow('one line')
    expect(() => ask('a;b')).toThrow('one line')
  })
})

describe('what HAProxy answers to a change', () => {
  test.each(['', '\n', 'New server registered.\n\n', 'Server deleted.\n'])(
    '%j means that it was made',
    async (words) => {
      await expect(tellHaproxy(async () => words, 'x')).resolves.toBeUndefined()
    },
  )

  test.each([
    ['Already exists a server with the same name in backend.\n', 'ROUTE.TARGET_EXISTS'],
    ['No such server.\n', 'ROUTE.TARGET_UNKNOWN'],
    ['No such backend.\n', 'ROUTE.TARGET_UNKNOWN'],
    ['Server still has connections attached to it, cannot remove it.', 'ROUTE.TARGET_BUSY'],
    ['Only servers in maintenance mode can be deleted.', 'ROUTE.TARGET_BUSY'],
    ['Unknown map identifier. Please use #<id> or <file>.', 'ROUTE.COMMAND_REFUSED'],
  ])('%j has a code', async (words, code) => {
    await expect(tellHaproxy(async () => words, 'x')).rejects.toMatchObject({ code })
  })
})

describe('what HAProxy tells about itself', () => {
  test('is read by column, and refused where it is something else', () => {
    expect(parseStat('# pxname,svname,scur,\nroute_a,BACKEND,3,\n', ['pxname', 'scur'])).toEqual([
      { pxname: 'route_a', scur: '3' },
    ])
    expect(parseMap('0x55 a b\n0x56 c d\n\n')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    for (const parse of [(answer: string) => parseStat(answer, []), parseMap]) {
      expect(() => parse('Permission denied\n')).toThrow(
        expect.objectContaining({ code: 'ROUTE.COMMAND_REFUSED' }),
      )
    }
  })

  test.each([
    [0, 'open'],
    [1, 'closed'],
    [8, 'drain'],
    [9, 'closed'],
    [32, 'closed'],
  ])('an administrative state of %i means %s', (bits, admin) => {
    const line = `3 route_a 1 web.1-x 10.0.0.1 2 ${bits} 1 1 1 1 0 2 0 0 0 0 - 5000 - 0 0 - - 0`
    expect(parseServers(`1\n# be_id be_name\n${line}\n`)).toEqual([
      { backend: 'route_a', name: 'web.1-x', address: '10.0.0.1', port: 5000, admin },
    ])
  })
})
