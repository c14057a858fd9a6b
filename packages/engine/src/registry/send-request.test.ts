import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { impatientLimits } from '../testing/registry-fixture.ts'
import { openSender } from './send-request.ts'

let directory: string
let server: Server
let url: URL

beforeAll(async () => {
  directory = mkdtempSync('/tmp/berth-tls-')
  const [key, certificate] = [`${directory}/key.pem`, `${directory}/certificate.pem`]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await localRunner.run(
    command('openssl', 'req', '-x509', ...curve, ...subject, '-keyout', key, '-out', certificate),
  )
  server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_request, response) =>
    response.end('hello'),
  )
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  url = new URL(`https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v2/`)
})
afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true })
})

test('an authority that the settings name is trusted, and none other', async () => {
  const strict = openSender({})
  await expect(strict.send({ method: 'GET', url, headers: {}, addresses: 'any' })).rejects.toMatchObject({
    code: 'REGISTRY.UNREACHABLE',
    message: expect.stringContaining('certificate is not trusted'),
  })
  strict.close()
  const trusting = openSender({ authorities: readFileSync(`${directory}/certificate.pem`, 'utf8') })
  const response = await trusting.send({ method: 'GET', url, headers: {}, addresses: 'any' })
  expect(String(Buffer.concat(await response.toArray()))).toBe('hello')
  trusting.close()
})

test('a host that takes the connection and says nothing of TLS is given up', async () => {
  const silent = createTcpServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const address = silent.address()
  const mute = new URL(`https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`)
  const sender = openSender({ limits: impatientLimits })
  await expect(
    sender.send({ method: 'GET', url: mute, headers: {}, addresses: 'any' }),
  ).rejects.toMatchObject({
    code: 'REGISTRY.UNREACHABLE',
  })
  sender.close()
  silent.close()
})
