import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import type { Mail, SendMail } from '../mail/mail.ts'
import { fakeMail } from './fake-mail.ts'
import { openMail, openSmtpMail } from './smtp-mail.ts'

const mail: Mail = { to: ['ops@example.test'], subject: 'It broke', text: 'Mend it.\n.\nNow.' }
const from = 'Berth <berth@example.test>'

let server: SMTPServer | undefined
afterEach(async () => {
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
  server = undefined
})

async function serve(options: SMTPServerOptions = {}): Promise<{ port: number; received: string[] }> {
  const received: string[] = []
  server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'] },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push(Buffer.concat(chunks).toString())
        done()
      })
    },
    ...options,
  })
  const listening = server
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return { port: (listening.server.address() as AddressInfo).port, received }
}

describe.each<[string, () => Promise<{ send: SendMail; sent: () => string[] }>]>([
  [
    'SMTP',
    async () => {
      const { port, received } = await serve()
      return { send: openSmtpMail({ url: `smtp://127.0.0.1:${port}`, from }), sent: () => received }
    },
  ],
  [
    'the fake',
    async () => {
      const fake = fakeMail()
      return {
        send: fake.send,
        sent: () => fake.sent.map((each) => `Subject: ${each.subject}\n\n${each.text}`),
      }
    },
  ],
])('%s', (_name, make) => {
  test('a mail is taken, with its subject and its text', async () => {
    const { send, sent } = await make()
    expect((await send(mail)).answer).toMatch(/^250 /)
    expect(sent()).toEqual([expect.stringMatching(/Subject: It broke[\s\S]*Mend it\./)])
  })

  test('a subject cannot begin a header of its own', async () => {
    const { send, sent } = await make()
    await send({ ...mail, subject: 'It broke\r\nBcc: everybody@example.test' })
    expect(sent()[0]).not.toMatch(/^Bcc:/m)
  })

  test('what is no address gets nothing', async () => {
    const { send, sent } = await make()
    await expect(send({ ...mail, to: ['ops@example.test\r\nRCPT TO:<x@y.test>'] })).rejects.toMatchObject({
      code: 'MAIL.ADDRESS_INVALID',
    })
    expect(sent()).toEqual([])
  })
})

test('a server’s last word is one, and its "not now" is not', async () => {
  const refuse = (responseCode: number) => ({
    onRcptTo: (_address: unknown, _session: unknown, done: (error: Error) => void) =>
      done(Object.assign(new Error('no such mailbox'), { responseCode })),
  })
  const permanent = await serve(refuse(550))
  await expect(openSmtpMail({ url: `smtp://127.0.0.1:${permanent.port}`, from })(mail)).rejects.toMatchObject(
    {
      ...{ code: 'MAIL.REFUSED', message: expect.stringContaining('no such mailbox') },
    },
  )
  await new Promise<void>((resolve) => server?.close(() => resolve()))
  const passing = await serve(refuse(451))
  await expect(openSmtpMail({ url: `smtp://127.0.0.1:${passing.port}`, from })(mail)).rejects.toMatchObject({
    ...{ code: 'MAIL.FAILED', retryable: true },
  })
})

test('a wrong password is the user’s to correct, and is in no error', async () => {
  const { port } = await serve({
    ...{ authOptional: false, allowInsecureAuth: true },
    onAuth: (_auth, _session, done) => done(Object.assign(new Error('wrong'), { responseCode: 535 })),
  })
  const send = openSmtpMail({ url: `smtp://berth:hunter2@127.0.0.1:${port}`, from })
  const failure = await send(mail).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'MAIL.REFUSED', fault: 'user' })
  expect(JSON.stringify(failure)).not.toContain('hunter2')
})

test('nobody there may pass', async () => {
  await expect(openSmtpMail({ url: 'smtp://127.0.0.1:1', from })(mail)).rejects.toMatchObject({
    ...{ code: 'MAIL.FAILED', retryable: true },
  })
})

test('an address that must not be called is not', async () => {
  const addressOf = () => Promise.reject(new Error('never'))
  await expect(openSmtpMail({ url: 'smtp://mail.example', from, addressOf })(mail)).rejects.toMatchObject({
    code: 'MAIL.FAILED',
  })
})

test('a platform without a mail server says so', async () => {
  await expect(openMail({ smtpUrl: null, mailFrom: from })(mail)).rejects.toMatchObject({
    code: 'MAIL.NOT_SET_UP',
  })
})
