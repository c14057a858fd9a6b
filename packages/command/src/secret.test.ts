import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { command, describe } from './command.ts'
import { Secret } from './secret.ts'

const secret = new Secret('hunter2')

test('a secret is printed nowhere, however it is printed', () => {
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    format('%s %o %j', secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
  ]
  for (const text of printed) expect(text).not.toContain('hunter2')
  expect(printed[0]).toBe('[secret]')
})

test('its value is there for who asks for it', () => {
  expect(secret.reveal()).toBe('hunter2')
})

test('a command is described in words that cannot be mistaken', () => {
  expect(describe(command('git', 'log', '--', 'a b', '$(x)', ''))).toBe('git log -- "a b" "$(x)" ""')
})
