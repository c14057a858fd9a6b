import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isBerthError } from '@berth/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseChallenge } from '../registry/challenge.ts'
import { readArchivedImages } from './archive-manifests.ts'
import { canonicalJson, hostArchitecture, imageConfigSchema } from './image-config.ts'
import { forThisMachine, parseManifest, platformsOf } from './image-manifest.ts'
import { imageConfigFrom, ociConfigSchema } from './oci-config.ts'
import { isImageName, normaliseName, parseReference } from './reference.ts'

/** Any UTF-16 unit, alone or not. fast-check's own take seconds to be made. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

/** What registries and archives say of images, and the names that people give: a value, or a coded error. */
const sha = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const anything = fc.oneof(
  fc.constantFrom(null, true, '', '\0', '__proto__', -1, 0.5, 1e30, 'sha256:', `sha256:${'a'.repeat(64)}`),
  fc.string({ maxLength: 12 }),
  fc.jsonValue({ maxDepth: 2 }),
)

/** A document in which some values are not what they should be. */
function spoiled<Value>(good: fc.Arbitrary<Value>): fc.Arbitrary<unknown> {
  return fc
    .tuple(good, fc.array(fc.tuple(fc.nat(30), anything), { maxLength: 3 }))
    .map(([value, changes]) =>
      changes.reduce((before, [at, put]) => replaced(before, at, put), value as unknown),
    )
}

/** The value number `at`, counted through the document, becomes another one. */
function replaced(document: unknown, at: number, put: unknown): unknown {
  let left = at
  return JSON.parse(JSON.stringify(document), (_key, value) => (left-- === 0 ? put : value))
}

const word = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('A=b', '=x', 'PATH=/bin', '__proto__=1'))
const words = fc.option(fc.array(word, { maxLength: 4 }))
const configuration = fc.record(
  {
    architecture: fc.constantFrom(hostArchitecture, 'riscv64', ''),
    os: fc.constantFrom('linux', 'windows'),
    rootfs: fc.constant({ type: 'layers', diff_ids: [] as string[] }),
    history: fc.array(
      fc.record(
        {
          created_by: word,
          empty_layer: fc.boolean(),
          created: fc.constantFrom('2026-01-01T00:00:00Z', 'x'),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    ),
    config: fc.record(
      {
        User: word,
        ExposedPorts: fc.dictionary(fc.constantFrom('80', '80/tcp', '__proto__', 'x'), fc.constant({})),
        Env: words,
        Entrypoint: words,
        Cmd: words,
        Volumes: fc.dictionary(word, fc.constant({})),
        WorkingDir: word,
        Labels: fc.dictionary(word, word),
        StopSignal: word,
        Healthcheck: fc.record({
          Test: words,
          Interval: fc.double({ min: 0, max: 1e15, noNaN: true }),
          Retries: fc.nat(9),
        }),
        Shell: words,
        OnBuild: words,
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['architecture', 'os', 'rootfs'] },
)

test('an image’s configuration is read within its bounds, or not at all', () => {
  fc.assert(
    fc.property(spoiled(configuration), (document) => {
      const parsed = ociConfigSchema.safeParse(document)
      const config = parsed.success ? imageConfigFrom(parsed.data) : null
      if (config === null) return
      expect(imageConfigSchema.safeParse(config).success).toBe(true)
      expect(JSON.stringify(config)).not.toContain('\\u0000')
      expect(canonicalJson(JSON.parse(canonicalJson(config)))).toBe(canonicalJson(config))
    }),
    { numRuns: 400 },
  )
})

const digest = fc.constantFrom('a', 'b', 'c').map((letter) => `sha256:${letter.repeat(64)}`)
const descriptor = fc.record(
  {
    mediaType: fc.constantFrom('application/vnd.oci.image.manifest.v1+json', 'x'),
    digest,
    size: fc.nat(1_000),
    platform: fc.option(
      fc.record({
        os: fc.constantFrom('linux', 'unknown'),
        architecture: fc.constantFrom(hostArchitecture, 'riscv64'),
      }),
    ),
  },
  { requiredKeys: ['digest', 'size'] },
)
const manifest = fc.oneof(
  fc.record({
    schemaVersion: fc.constant(2),
    config: descriptor,
    layers: fc.array(descriptor, { maxLength: 4 }),
  }),
  fc.record({ schemaVersion: fc.constant(2), manifests: fc.array(descriptor, { maxLength: 4 }) }),
)

test('a manifest is one or an index, never both, or nothing', () => {
  fc.assert(
    fc.property(spoiled(manifest), (document) => {
      const parsed = parseManifest(document)
      if (parsed?.kind !== 'index') return
      const chosen = forThisMachine(parsed.manifests)
      if (chosen !== undefined) expect(parsed.manifests).toContain(chosen)
      expect(platformsOf(parsed.manifests).length).toBeLessThan(2_000)
    }),
    { numRuns: 400 },
  )
})

describe('an archive', () => {
  test('whose documents are spoiled holds images or is refused', async () => {
    const directory = await mkdtemp('/tmp/berth-documents-')
    try {
      await fc.assert(
        fc.asyncProperty(
          spoiled(configuration),
          spoiled(dockerManifest),
          fc.boolean(),
          async (config, documents, isOci) => {
            await rm(`${directory}/blobs`, { recursive: true, force: true })
            await mkdir(`${directory}/blobs/sha256`, { recursive: true })
            await rm(`${directory}/manifest.json`, { force: true })
            await writeFile(`${directory}/config.json`, JSON.stringify(config))
            if (isOci) await writeLayout(directory, config)
            else await writeFile(`${directory}/manifest.json`, JSON.stringify(documents))
            try {
              for (const { layerPaths, diffIds } of await readArchivedImages(directory)) {
                expect(layerPaths).toHaveLength(diffIds.length)
                for (const path of layerPaths) expect(path.startsWith(`${directory}/`)).toBe(true)
              }
            } catch (error) {
              if (!isBerthError(error)) throw error
              expect(error.code).toMatch(/^IMAGE\./)
            }
          },
        ),
        { numRuns: 150 },
      )
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})

const dockerManifest = fc.array(
  fc.record({
    Config: fc.constantFrom('config.json', '../config.json', '/etc/passwd', 'none'),
    RepoTags: fc.option(fc.array(word, { maxLength: 2 })),
    Layers: fc.array(fc.constantFrom('config.json', '../../etc/passwd', '/etc/passwd'), { maxLength: 2 }),
  }),
  { maxLength: 2 },
)

/** All blobs lie where their digests say: only what they hold is spoiled. */
async function writeLayout(directory: string, config: unknown): Promise<void> {
  const put = async (document: unknown) => {
    const bytes = Buffer.from(JSON.stringify(document))
    await writeFile(`${directory}/blobs/${sha(bytes).replace(':', '/')}`, bytes)
    return { digest: sha(bytes), size: bytes.length }
  }
  const written = await put({ config: await put(config), layers: [] })
  await writeFile(`${directory}/index.json`, JSON.stringify({ manifests: [written] }))
}

const namePiece = fc.oneof(
  fc.constantFrom(
    'a',
    'b1',
    '/',
    ':',
    '@',
    '.',
    '-',
    '_',
    '__',
    'localhost',
    'example.com',
    ':5000',
    'library/',
    'docker.io/',
    'A',
    `@sha256:${'a'.repeat(64)}`,
    '[::1]',
    '..',
    ' ',
    '$',
  ),
  fc.string({ unit: anyUnit, maxLength: 4 }),
)

describe('an image’s name', () => {
  test('has one spelling, which is again a name, or is refused', () => {
    fc.assert(
      fc.property(fc.array(namePiece, { maxLength: 7 }), (pieces) => {
        const text = pieces.join('')
        if (!isImageName(text)) {
          expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'IMAGE.INVALID_NAME' }))
          return
        }
        const name = normaliseName(text)
        expect(normaliseName(name)).toBe(name)
        expect({ ...parseReference(name), digest: null }).toEqual({ ...parseReference(text), digest: null })
        expect(name).not.toMatch(/^-|\s|(?:^|\/)\.\.(?:\/|$)/)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(['a', 'a/', 'a:', '@', 'a.', '__', '['])('of %j without end is answered at once', (piece) => {
    expect(isImageName(piece.repeat(1_000_000))).toBe(false)
  })
})

test('what a registry asks for is understood, or is not', () => {
  const piece = fc.constantFrom(
    'Bearer ',
    'Basic ',
    'realm=',
    '"',
    '\\',
    'https://x',
    ',',
    ' ',
    'service=',
    'scope="a b"',
    '=',
    'é',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const challenge = parseChallenge(pieces.join(''))
      if (challenge?.scheme === 'bearer') expect(typeof challenge.realm).toBe('string')
    }),
    { numRuns: 400 },
  )
  for (const endless of ['Bearer a="', 'realm="\\', ', bearer ', '='])
    parseChallenge(endless.repeat(8_192 / endless.length))
})
