import type { SendMail } from '../mail/mail.ts'
import { chatMessage } from './chat-message.ts'
import type { Message } from './message.ts'
import { signedWebhook } from './signed-webhook.ts'
import type { TargetSecrets } from './target-secrets.ts'

/** The ways out of the machine, as the worker has opened them. */
export type WaysOut = {
  /**
   * POST, bounded in time and in what is read of the answer; redirects are not followed.
   * @throws NOTIFICATION.ADDRESS_REFUSED, NOTIFICATION.REFUSED, NOTIFICATION.NOT_DELIVERED
   */
  post: (url: string, content: { body: string; headers: Record<string, string> }) => Promise<Answer>
  /** The platform's, or a server of the team's own. */
  mail(server: { url: string; from: string } | null): SendMail
}

export type Answer = { answer: string }

/** Sends a message to one target; `id` is the same at each attempt. @throws what the way out does */
export async function sendMessage(
  { post, mail }: WaysOut,
  secrets: TargetSecrets,
  { id, message }: { id: string; message: Message },
): Promise<Answer> {
  switch (secrets.kind) {
    case 'mail':
      return await mail(secrets.smtp)({ to: secrets.to, ...mailOf(message) })
    case 'slack':
      return await post(secrets.url, { body: JSON.stringify(chatMessage(message)), headers: {} })
    case 'webhook': {
      const { url, signingSecret } = secrets
      return await post(url, signedWebhook(message, { id, secret: signingSecret, at: new Date() }))
    }
  }
}

function mailOf({ title, lines, url }: Message): { subject: string; text: string } {
  const why = '-- \nSent by Berth, because a member of your team asked for it: berth notifications'
  const text = [title, '', ...lines, ...(url === null ? [] : ['', url]), '', why].join('\n')
  return { subject: `[Berth] ${title}`, text }
}
