import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isImageName, normaliseName, parseReference } from './reference.ts'

const hex = 'a'.repeat(64)

test.each([
  ['debian', 'debian:latest'],
  ['debian:bookworm-slim', 'debian:bookworm-slim'],
  ['library/debian', 'debian:latest'],
  ['docker.io/debian', 'debian:latest'],
  ['docker.io/library/debian:12', 'debian:12'],
  ['index.docker.io/debian', 'debian:latest'],
  ['acme/api', 'acme/api:latest'],
  ['docker.io/library/a/b', 'library/a/b:latest'],
  ['docker.io/docker.io/a', 'docker.io/docker.io/a:latest'],
  ['docker.io/ghcr.io/acme/api:1', 'docker.io/ghcr.io/acme/api:1'],
  ['ghcr.io/acme/api:v1', 'ghcr.io/acme/api:v1'],
  ['localhost/x', 'localhost/x:latest'],
  ['localhost:5000/x/y:Tag_1.0-a', 'localhost:5000/x/y:Tag_1.0-a'],
  ['[::1]:5000/x', '[::1]:5000/x:latest'],
  ['a__b/c--d/e.f', 'a__b/c--d/e.f:latest'],
  [`debian@sha256:${hex}`, 'debian:latest'],
])('%s is %s', (given, name) => {
  expect(normaliseName(given)).toBe(name)
})

test('a digest and a registry are told apart from the rest', () => {
  expect(parseReference(`ghcr.io/acme/api:v1@sha256:${hex}`)).toEqual({
    registry: 'ghcr.io',
    path: 'acme/api',
    tag: 'v1',
    digest: `sha256:${hex}`,
  })
})

test.each([
  '',
  ':',
  'Debian',
  'debian:',
  ':tag',
  '-debian',
  '--help',
  'debian:-x',
  'a//b',
  '/a',
  'a/',
  '../a',
  'a/../b',
  'a b',
  'a\0b',
  'a\nb',
  'a@b',
  'a@sha256:1',
  `a@sha256:${hex}@sha256:${hex}`,
  'a___b',
  'a:b:c',
  'a:b/c:d/e:f',
  'héllo',
  `sha256:${hex}`,
  hex,
  'a'.repeat(300),
  `a:${'b'.repeat(129)}`,
])('%j is no name', (given) => {
  expect(isImageName(given)).toBe(false)
  expect(() => parseReference(given)).toThrow(expect.objectContaining({ code: 'IMAGE.INVALID_NAME' }))
})

test('a name’s one spelling stays as it is, and holds nothing that a path or an option could be made of', () => {
  const piece = fc.constantFrom(
    'a',
    'b1',
    '.',
    '-',
    '_',
    '/',
    ':',
    '@',
    'A',
    '..',
    'docker.io',
    'library',
    '5000',
  )
  const text = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(text, (given) => {
      if (!isImageName(given)) return
      const name = normaliseName(given)
      expect(normaliseName(name)).toBe(name)
      expect(name).toMatch(/^[[a-zA-Z0-9][\][a-zA-Z0-9._:/-]*$/)
      expect(name.split('/')).not.toContain('..')
    }),
    { numRuns: 5_000 },
  )
})
