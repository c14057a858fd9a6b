import type { Message } from './message.ts'

/**
 * A message for Slack, and for whoever takes Slack's form (Mattermost; Discord's `/slack` addresses): `text` is what all of
 * them show, `blocks` what Slack shows in its place. Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function chatMessage(message: Message): object {
  const text = said(message)
  const [title = '', ...rest] = text.split('\n')
  return {
    text,
    blocks: [section(title), ...(rest.length === 0 ? [] : [section(rest.join('\n'))])],
  }
}

function section(text: string) {
  return { type: 'section', text: { type: 'mrkdwn', text } }
}

function said({ isGood, title, lines, url }: Message): string {
  const first = `${isGood ? '✅' : '❌'} *${escaped(title)}*`
  // Slack's limit of a block is 3,000 characters.
  return [first, ...lines.map(escaped), ...(url === null ? [] : [url])].join('\n').slice(0, 2_800)
}

/** Slack's own three, and what would call everybody in a channel elsewhere. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b')
}
