import { Secret } from '@berth/command'
import type { StageEvent } from '@berth/domain'
import { expect, test } from 'vitest'
import { maskSecrets, mountedSecrets } from './mask-secrets.ts'

function printed(secrets: Record<string, string>, ...texts: string[]): string[] {
  const told: string[] = []
  const sink = (event: StageEvent) => void (event.kind === 'line' && told.push(event.text))
  const all = Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])
  const masking = maskSecrets(sink, Object.fromEntries(all))
  for (const text of texts) masking({ kind: 'line', at: 0, step: 's', stream: 'stdout', text })
  return told
}

test('a secret that a step prints is not in the log, wherever it stands', () => {
  expect(printed({ TOKEN: 'tk-12345' }, 'with tk-12345 and xtk-12345y', 'fine')).toEqual([
    'with [secret] and x[secret]y',
    'fine',
  ])
})

test('of a secret of several lines each is', () => {
  const key = '-----BEGIN KEY-----\nabcdefgh\nijklmnop\n-----END KEY-----\n'
  expect(printed({ key }, ...key.trim().split('\n'))).toEqual(Array(4).fill('[secret]'))
})

test('one that lies across the border of two pieces of a line is too, and nothing of the rest is lost', () => {
  const before = 'a'.repeat(16_380)
  const [first = '', second = ''] = printed({ TOKEN: 'tk-12345' }, `${before}tk-1`, '2345 and more')
  expect(first + second).toBe(`${before}[secret] and more`)
  const long = 'b'.repeat(16_384)
  expect(printed({ TOKEN: 'tk-12345' }, long, 'end').join('')).toBe(`${long}end`)
})

test('a line that ends with a whole piece loses nothing', () => {
  const told: string[] = []
  const sink = (event: StageEvent) => void (event.kind === 'line' && told.push(event.text))
  const masking = maskSecrets(sink, { TOKEN: new Secret('tk-12345') })
  masking({ kind: 'line', at: 0, step: 's', stream: 'stdout', text: 'c'.repeat(16_384) })
  masking({ kind: 'step-finished', at: 0, step: 's', outcome: 'done', durationMs: 1 })
  expect(told.join('')).toBe('c'.repeat(16_384))
})

test('only what a mount asks for can be printed: other words stay as they are', () => {
  const secrets = { NPM_TOKEN: 1, NODE_ENV: 2, 'key.pem': 3 }
  expect(mountedSecrets('RUN echo production', secrets)).toEqual({})
  expect(mountedSecrets('RUN --mount=type=secret,id=NPM_TOKEN npm ci', secrets)).toEqual({ NPM_TOKEN: 1 })
  expect(mountedSecrets('RUN --mount=id=key.pem,type=secret,target=/k x', secrets)).toEqual({ 'key.pem': 3 })
  expect(mountedSecrets('RUN --mount=type=secret,target=/run/secrets/key.pem x', secrets)).toEqual({
    'key.pem': 3,
  })
  expect(mountedSecrets('RUN --mount=type=secret,id=$WHICH x', secrets)).toEqual(secrets)
})
