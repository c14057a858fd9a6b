import { expect, test } from 'vitest'
import { chatMessage } from './chat-message.ts'
import type { Message } from './message.ts'

const message: Message = {
  ...{ type: 'build.failed', at: '2026-11-22T10:00:00.000Z', isGood: false, title: 'shop: the build failed' },
  ...{ lines: ['It broke.', 'Mend it.'], url: 'https://berth.example/apps/shop', fields: {} },
}

test('the text says all of it, for who shows no blocks', () => {
  expect(chatMessage(message)).toEqual({
    text: '❌ *shop: the build failed*\nIt broke.\nMend it.\nhttps://berth.example/apps/shop',
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: '❌ *shop: the build failed*' } },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: 'It broke.\nMend it.\nhttps://berth.example/apps/shop' },
      },
    ],
  })
})

test('a title alone is one block', () => {
  expect(chatMessage({ ...message, isGood: true, lines: [], url: null })).toEqual({
    text: '✅ *shop: the build failed*',
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '✅ *shop: the build failed*' } }],
  })
})

test('nobody is called, and no link is made, by what an app says', () => {
  const wild = { ...message, title: 'shop: <!channel>', lines: ['<https://evil.example|click> & @everyone'] }
  const { text } = chatMessage(wild) as { text: string }
  expect(text).toContain('&lt;!channel&gt;')
  expect(text).toContain('&lt;https://evil.example|click&gt; &amp; @\u200beveryone')
})

test('it is no longer than a block may be', () => {
  const long = { ...message, lines: Array.from({ length: 12 }, () => '&'.repeat(500)) }
  const { text } = chatMessage(long) as { text: string }
  expect(text.length).toBeLessThanOrEqual(2_800)
})
