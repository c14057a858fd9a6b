import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Message } from './message.ts'
import { newWebhookSecret, signedWebhook } from './signed-webhook.ts'

const message: Message = {
  ...{ type: 'build.failed', at: '2026-11-22T10:00:00.000Z', isGood: false, title: 'shop: the build failed' },
  ...{ lines: ['It broke.', 'Mend it.'], url: null, fields: { app: 'shop', version: 3 } },
}
const sent = {
  id: 'msg_1',
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  at: new Date(1_614_265_330_999),
}

test('the body is what the specification asks for: a type, a time, and what happened', () => {
  expect(JSON.parse(signedWebhook(message, sent).body)).toEqual({
    type: 'build.failed',
    timestamp: '2026-11-22T10:00:00.000Z',
    data: {
      ...{ title: 'shop: the build failed', text: 'It broke.\nMend it.', isGood: false, url: null },
      ...{ app: 'shop', version: 3 },
    },
  })
})

test('the signature is of id, time and body, with the key that the secret holds', () => {
  const { body, headers } = signedWebhook(message, sent)
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
  const expected = createHmac('sha256', key).update(`msg_1.1614265330.${body}`).digest('base64')
  expect(headers).toEqual({
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1614265330',
    'webhook-signature': `v1,${expected}`,
  })
})

test('another secret signs otherwise; a new one has 32 bytes and never comes twice', () => {
  const [one, other] = [newWebhookSecret(), newWebhookSecret()]
  expect(Buffer.from(one.replace('whsec_', ''), 'base64')).toHaveLength(32)
  expect(one).not.toBe(other)
  const signatures = [one, other].map(
    (secret) => signedWebhook(message, { ...sent, secret }).headers['webhook-signature'],
  )
  expect(signatures[0]).not.toBe(signatures[1])
})
