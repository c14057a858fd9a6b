import { appRouter } from '@berth/api'
import type { AuditOutcome } from '@berth/domain'
import { expect, test } from 'vitest'
import { isSaid, sayActivity, sayPlainly, sayWho } from './say-activity.ts'

type Given = { object?: string; before?: unknown; after?: unknown; outcome?: AuditOutcome }

const say = (
  action: string,
  { object = 'app shop', before = null, after = null, outcome = 'done' }: Given = {},
) => sayPlainly(sayActivity({ action, object, before, after, outcome }))
const none = { added: [], changed: [], removed: [] }

test.each<[string, string, Given]>([
  [
    'configuration.change',
    'set GREETING and 2 others on shop · v14',
    { after: { variables: { ...none, added: ['GREETING', 'B', 'C'] }, secretFiles: none, release: 14 } },
  ],
  [
    'configuration.set',
    'set A and removed B on shop',
    { after: { variables: { added: [], changed: ['A'], removed: ['B'] }, secretFiles: none } },
  ],
  [
    'configuration.unset',
    'removed A and B on shop · v3',
    { after: { variables: { ...none, removed: ['A', 'B'] }, secretFiles: none, release: 3 } },
  ],
  ['configuration.read', 'looked at the value of TOKEN on shop', { after: { read: ['TOKEN'] } }],
  [
    'processes.scale',
    'scaled web 1 → 3, worker 0 → 1 on shop',
    { before: { web: 1, worker: 0 }, after: { web: 3, worker: 1 } },
  ],
  ['processes.restart', 'restarted web.1 of shop', { after: { restarted: 'web.1' } }],
  ['processes.restart', 'restarted shop', { after: { restarted: 'all' } }],
  [
    'limits.set',
    'limited web to 512 MB and 0.5 CPU on shop',
    { after: { web: { memoryBytes: 2 ** 29, cpus: 0.5 } } },
  ],
  ['limits.unset', 'lifted the limits of web on shop', { after: { web: { memoryBytes: null, cpus: null } } }],
  ['releases.rollback', 'rolled shop back to v12 · v15', { after: { release: 15, like: 12 } }],
  [
    'git push',
    'pushed 3f2a1bc to main of shop',
    { after: [{ ref: 'refs/heads/main', oldCommit: '0'.repeat(40), newCommit: `3f2a1bc${'0'.repeat(33)}` }] },
  ],
  ['apps.lock', 'locked shop · until Monday', { after: { locked: 'until Monday' } }],
  ['apps.lock', 'locked shop', { after: { locked: true } }],
  [
    'apps.rename',
    'renamed shop to store',
    { object: 'app store', before: { name: 'shop' }, after: { name: 'store' } },
  ],
  [
    'routing.set',
    'turned on the maintenance page of shop',
    { before: { maintenance: false }, after: { maintenance: true } },
  ],
  ['routing.set', 'changed sticky sessions on shop', { before: { sticky: false }, after: { sticky: true } }],
  ['exec', 'ran sh in web.1 on shop', { after: { program: 'sh', instance: 'web.1', exit: 0 } }],
  [
    'members.invite',
    'invited eve@example.com as viewer to Harbour',
    { object: 'team Harbour', after: { email: 'eve@example.com', role: 'viewer' } },
  ],
  [
    'members.setRole',
    'changed bob@example.com from developer to admin',
    {
      object: 'team Harbour',
      before: { role: 'developer' },
      after: { email: 'bob@example.com', role: 'admin' },
    },
  ],
  [
    'teams.demand',
    'made Harbour ask for a second factor',
    { object: 'team Harbour', after: { secondFactor: true, signOn: null } },
  ],
  ['sign in', 'signed in with a passkey', { object: '', after: { method: 'passkey' } }],
])('%s reads: %s', (action, words, given) => {
  expect(say(action, given)).toBe(words)
})

test('what was refused was tried, and what nobody knows the end of was begun', () => {
  expect(say('apps.remove', { outcome: 'refused' })).toBe('tried to remove shop')
  expect(say('apps.remove', { outcome: 'failed' })).toBe('tried to remove shop')
  expect(say('apps.remove', { outcome: 'begun' })).toBe('began to remove shop')
})

test('a refusal that was repeated says how often', () => {
  const given = { object: '', outcome: 'refused' as const, after: { again: 41 } }
  expect(say('apps.remove', given)).toBe('tried to remove an app · 41 more times within the minute')
})

test('whatever changes something through the API has a sentence of its own', () => {
  const procedures = Object.entries(
    appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>,
  )
  const mutations = procedures.filter(([, { _def }]) => _def.type === 'mutation').map(([path]) => path)
  const missing = mutations.filter((path) => !isSaid(path))
  expect(missing, 'add them to app-deeds.ts or people-deeds.ts').toEqual([])
})

test('every sentence is one, however little was written down', () => {
  const procedures = Object.keys(appRouter._def.procedures)
  for (const action of [...procedures, 'git push', 'run', 'sign in', 'account create'])
    for (const facts of [null, {}, { hosts: 7, read: 'x', variables: null }, ['text'], 'text', { cut: '{' }])
      for (const outcome of ['done', 'refused'] as const)
        expect(say(action, { object: '', before: facts, after: facts, outcome })).not.toMatch(
          /undefined|null|\[object|\s\s|\s$/,
        )
})

test('what another version wrote keeps its own name', () => {
  expect(say('moons.land')).toBe('did moons.land to app shop')
})

test('who it was is said by name', () => {
  expect(sayWho('Ada Lovelace <ada@example.com>')).toBe('Ada Lovelace')
  expect(sayWho('deploy key ci')).toBe('deploy key ci')
})
