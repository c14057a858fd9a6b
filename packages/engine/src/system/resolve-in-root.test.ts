import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveInRoot, resolveInRootSync } from './resolve-in-root.ts'

let base: string
let root: string

beforeEach(() => {
  base = realpathSync(mkdtempSync('/tmp/berth-resolve-'))
  root = `${base}/root`
  mkdirSync(`${root}/usr/lib`, { recursive: true })
  mkdirSync(`${base}/outside`)
  writeFileSync(`${root}/usr/lib/libc`, '')
})

afterEach(() => rmSync(base, { recursive: true }))

const links: [what: string, link: string, target: string, path: string, leads: string][] = [
  ['an absolute link begins again at the root', 'lib', '/usr/lib', 'lib/libc', 'usr/lib/libc'],
  ['a relative link', 'usr/link', 'lib', '/usr/link/libc', 'usr/lib/libc'],
  ['a link with too many ..', 'up', '../../../../usr', 'up/lib', 'usr/lib'],
  ['a link to a host directory', 'evil', '/etc/passwd', 'evil', 'etc/passwd'],
  ['.. after a link is counted from where it leads', 'deep', 'usr/lib', 'deep/../x', 'usr/x'],
  ['a path above the root', 'unused', 'x', '../../../usr', 'usr'],
  ['what is missing stays', 'unused', 'x', 'a/b/../c/./d', 'a/c/d'],
  ['a link to what is missing', 'new', '/var/new', 'new/file', 'var/new/file'],
  ['the root', 'unused', 'x', '/', ''],
]

test.each(links)('%s', async (_what, link, target, path, leads) => {
  symlinkSync(target, `${root}/${link}`)
  const expected = leads === '' ? root : `${root}/${leads}`
  expect(await resolveInRoot(root, path)).toBe(expected)
  expect(resolveInRootSync(root, path)).toBe(expected)
})

test('forty links are followed and not one more', async () => {
  for (let index = 0; index < 41; index += 1) symlinkSync(`l${index + 1}`, `${root}/l${index}`)
  expect(await resolveInRoot(root, 'l1')).toBe(`${root}/l41`)
  await expect(resolveInRoot(root, 'l0')).rejects.toMatchObject({ code: 'FILE.TOO_MANY_LINKS' })
})

test('a link to itself is an error with a code', () => {
  symlinkSync('self', `${root}/self`)
  expect(() => resolveInRootSync(root, 'self/x')).toThrow(
    expect.objectContaining({ code: 'FILE.TOO_MANY_LINKS' }),
  )
})

test.each([['a\0b'], ['a/'.repeat(3000)], ['a'.repeat(300)]])(
  'what cannot be a path is refused',
  async (path) => {
    await expect(resolveInRoot(root, path)).rejects.toMatchObject({ code: 'FILE.INVALID_PATH' })
  },
)

test('no links and no path lead outside', () => {
  const part = fc.constantFrom('..', '.', 'usr', 'lib', 'a', 'b', 'outside', '')
  const path = fc.array(part, { maxLength: 8 }).map((parts) => parts.join('/'))
  const target = fc.tuple(fc.constantFrom('', '/'), path).map(([slash, rest]) => `${slash}${rest}` || '.')
  fc.assert(
    fc.property(target, target, path, (first, second, asked) => {
      for (const [name, leads] of [
        ['a', first],
        ['b', second],
      ] as const) {
        rmSync(`${root}/${name}`, { force: true })
        symlinkSync(leads, `${root}/${name}`)
      }
      try {
        const found = resolveInRootSync(root, asked)
        expect(found === root || found.startsWith(`${root}/`)).toBe(true)
        expect(found.split('/')).not.toContain('..')
      } catch (error) {
        expect(error).toMatchObject({ code: 'FILE.TOO_MANY_LINKS' })
      }
    }),
    { numRuns: 500 },
  )
})
