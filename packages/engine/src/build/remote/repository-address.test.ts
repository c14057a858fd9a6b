import { describe, expect, test } from 'vitest'
import { repositoryAddress, submoduleAddress } from './repository-address.ts'

describe('the address of a repository', () => {
  test.each([
    ['https://host/a.git', { transport: 'web', url: 'https://host/a.git' }],
    ['git://host/a/b.git', { transport: 'git', host: 'host', port: 9418, path: '/a/b.git' }],
    ['git://host:99/a%20b', { transport: 'git', host: 'host', port: 99, path: '/a b' }],
    ['git@host.test:a/b.git', ssh({ path: 'a/b.git' })],
    ['git@host.test:/a/b.git', ssh({ path: '/a/b.git' })],
    ['ssh://host.test/a.git', ssh({ path: '/a.git' })],
    ['ssh://me@host.test:2222/a.git', ssh({ user: 'me', port: 2222, path: '/a.git' })],
    ['ssh://host.test/~me/a.git', ssh({ path: '~me/a.git' })],
    ['ssh://git@[::1]/a.git', ssh({ host: '::1', path: '/a.git' })],
  ])('%s', (text, address) => expect(repositoryAddress(text)).toEqual(address))

  test.each([
    ...['file:///etc', '/etc', 'ext::sh', '-oProxyCommand=x', 'ssh://', 'ssh://host', 'ssh://host/'],
    ...['ssh://me:word@host/a', 'ssh://-oProxyCommand=x/a', 'ssh://-x@host/a', 'git@host:', 'git@-host:a'],
    ...['git@host:-x', 'ssh://host/a%0Ab', 'ssh://host/a%00', 'git://host/%ff', 'ssh://ho%20st/a'],
  ])('%s is refused', (text) => expect(() => repositoryAddress(text)).toThrow())
})

test.each([
  ['https://host/a/b.git', '../c.git', 'https://host/a/c.git'],
  ['ssh://git@host/a/b.git', '../c.git', 'ssh://git@host/a/c.git'],
  ['git@host:a/b.git', '../c.git', 'git@host:a/c.git'],
  ['git@host:a/b.git', 'https://other/c.git', 'https://other/c.git'],
])('a submodule of %s at %s lies at %s', (base, address, found) =>
  expect(submoduleAddress(base, address)).toBe(found),
)

function ssh(over: { user?: string; host?: string; port?: number; path: string }) {
  return { transport: 'ssh', user: 'git', host: 'host.test', port: 22, ...over }
}
