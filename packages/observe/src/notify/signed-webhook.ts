import { createHmac, randomBytes } from 'node:crypto'
import type { Message } from './message.ts'

/**
 * A webhook whose receiver can tell that we sent it, and when: https://www.standardwebhooks.com (version 1, symmetric). Who
 * takes it may check it with any library of that specification. The id stays the same over all attempts.
 */
export function signedWebhook(
  message: Message,
  { id, secret, at }: { id: string; secret: string; at: Date },
): { body: string; headers: Record<string, string> } {
  const { type, at: timestamp, isGood, title, lines, url, fields } = message
  const body = JSON.stringify({
    type,
    timestamp,
    data: { title, text: lines.join('\n'), isGood, url, ...fields },
  })
  const seconds = String(Math.floor(at.getTime() / 1_000))
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`).digest('base64')
  return {
    body,
    headers: { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` },
  }
}

const prefix = 'whsec_'

/** 32 bytes; the specification asks for 24 to 64. */
export function newWebhookSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), 'base64')
}
