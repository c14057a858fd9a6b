import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Image, ImageConfig, Images } from './engine.ts'

export type ImagesUnderTest = {
  images: Images
  /** Makes an image and names it. */
  make(name: string, config?: Partial<ImageConfig>): Promise<Image>
  /** A registry that may be written to: `host:port`. */
  registry: string
  dispose(): Promise<void>
}

/** What every image store promises about images that come, go and are looked at. */
export function describeImages(name: string, open: () => Promise<ImagesUnderTest>): void {
  describe(`${name} keeps the contract of images:`, () => {
    let under: ImagesUnderTest
    let directory: string
    const images = () => under.images

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'berth-images-'))
      under = await open()
    })
    afterAll(async () => {
      await under.dispose()
      await rm(directory, { recursive: true })
    })

    test('an archive brings an image back under its name', async () => {
      const { config } = await under.make('archived', { command: ['serve'], env: { A: '1' } })
      await images().exportArchive(['archived'], `${directory}/x.tar`)
      await images().remove('archived')
      const [came] = await images().importArchive(`${directory}/x.tar`)
      expect(came?.config).toEqual(config)
      expect((await images().get('archived')).digest).toBe(came?.digest)
    })

    test('an archive that cannot be written says so', async () => {
      await under.make('archived')
      const refused = { code: 'ARCHIVE.NOT_WRITTEN' }
      const nowhere = `${directory}/no/x.tar`
      await expect(images().exportArchive(['archived'], nowhere)).rejects.toMatchObject(refused)
      await expect(images().exportRootfs('archived', nowhere)).rejects.toMatchObject(refused)
      await expect(images().exportArchive(['nothing'], `${directory}/y.tar`)).rejects.toMatchObject({
        code: 'IMAGE.NOT_FOUND',
      })
    })

    test('a push and a pull bring an image back, by name and by digest', async () => {
      const reference = `${under.registry}/acme/api:v1`
      const { config } = await under.make(reference, { command: ['pushed'] })
      const pushed = await images().push(reference)
      expect(pushed.name).toBe(reference)
      const pinned = `${under.registry}/acme/api@${pushed.digest}`
      expect((await images().get(pinned)).config).toEqual(config)
      await images().remove(reference)
      expect(await images().find(reference)).toBeUndefined()
      expect((await images().pull(reference)).config).toEqual(config)
      expect((await images().get(reference)).config).toEqual(config)
      expect((await images().inspect(reference)).RepoDigests).toContain(pinned)
    })

    test('an image may be pushed under another name, which it does not get here', async () => {
      await under.make('local')
      await images().push('local', { name: `${under.registry}/acme/other:v2` })
      expect(await images().find(`${under.registry}/acme/other:v2`)).toBeUndefined()
      await images().resolve(`${under.registry}/acme/other:v2`)
      expect(await images().find(`${under.registry}/acme/other:v2`)).toBeDefined()
    })

    test('what a scope’s own credentials fetched is found by that scope alone, and by name alone', async () => {
      const reference = `${under.registry}/acme/private:v1`
      const { digest } = await under.make(reference, { command: ['private'] })
      await images().push(reference)
      await images().remove(reference)
      const credentials = { username: 'ann', password: new Secret('word') }
      const own = await images().resolve(reference, { scope: 'one', credentials })
      expect(await images().find(reference)).toBeUndefined()
      expect(await images().resolve(reference, { scope: 'one' })).toEqual(own)
      await expect(images().resolve(digest, { scope: 'one' })).rejects.toMatchObject({
        code: 'IMAGE.NOT_FOUND',
      })
      await images().resolve(reference, { scope: 'two' })
      expect(await images().find(reference)).toEqual(own)
    })

    test('what was pushed for a scope is found by the registry’s digest for that scope alone', async () => {
      await under.make('pushed-for-one', { command: ['for one'] })
      const name = `${under.registry}/acme/for-one:v1`
      const { digest } = await images().push('pushed-for-one', { name, scope: 'one' })
      const pinned = `${under.registry}/acme/for-one@${digest}`
      expect(await images().find(pinned)).toBeUndefined()
      expect((await images().resolve(pinned, { scope: 'one' })).config.command).toEqual(['for one'])
    })

    test('a prune forgets what scopes that are no more call an image, and then the image', async () => {
      const references = ['stays', 'goes'].map((name) => `${under.registry}/acme/scoped:${name}`)
      const credentials = { username: 'ann', password: new Secret('word') }
      for (const [index, reference] of references.entries()) {
        await under.make(reference, { command: [reference] })
        await images().push(reference, { scope: 'gone' })
        await images().remove(reference)
        await images().resolve(reference, { scope: ['stays', 'gone'][index] ?? '', credentials })
      }
      const all = async () => (await images().list()).flatMap(({ names }) => names)
      await images().prune([])
      const before = await images().list()
      expect((await images().prune([])).digests).toEqual([])
      const dry = await images().prune([], { scopes: ['one', 'stays'], dryRun: true })
      expect(await images().list()).toEqual(before)
      expect((await images().prune([], { scopes: ['one', 'stays'] })).digests).toEqual(dry.digests)
      expect(dry.digests).toHaveLength(1)
      expect(await all()).toEqual(
        before.flatMap(({ digest, names }) => (dry.digests.includes(digest) ? [] : names)),
      )
      await expect(images().resolve(references[0] ?? '', { scope: 'stays' })).resolves.toBeDefined()
    })

    test('what the registry does not have is not found', async () => {
      await expect(images().pull(`${under.registry}/acme/nothing`)).rejects.toMatchObject({
        code: 'REGISTRY.NOT_FOUND',
      })
    })

    test('an image is looked at by its digest or name', async () => {
      const image = await under.make('looked-at', { env: { A: '1' }, user: 'app' })
      expect(await images().inspect('looked-at')).toMatchObject({
        Id: image.digest,
        RepoTags: ['looked-at:latest'],
        Config: { Env: expect.arrayContaining(['A=1']), User: 'app' },
      })
      const history = await images().history(image.digest)
      expect(history.flatMap(({ layer }) => layer ?? [])).toEqual([...image.layers].reverse())
      const unknown = { code: 'IMAGE.NOT_FOUND' }
      await expect(images().inspect('nothing')).rejects.toMatchObject(unknown)
      await expect(images().history('nothing')).rejects.toMatchObject(unknown)
      await expect(images().diff('nothing', 'looked-at')).rejects.toMatchObject(unknown)
    })

    test('a difference in configuration keeps values of variables back, until asked', async () => {
      await under.make('before', { env: { A: 'one' } })
      await under.make('after', { env: { A: 'two' } })
      const change = { field: 'env', name: 'A', change: 'changed' }
      const { configuration } = await images().diff('before', 'after')
      expect(configuration).toEqual([{ ...change, before: null, after: null }])
      const shown = await images().diff('before', 'after', { showValues: true })
      expect(shown.configuration).toEqual([{ ...change, before: 'one', after: 'two' }])
    })

    test('a dry prune tells what a prune then does, and usage what is there', async () => {
      const gone = await under.make('moves', { user: 'gone' })
      await under.make('moves', { user: 'stays' })
      const dry = await images().prune([], { dryRun: true })
      expect(dry.digests).toContain(gone.digest)
      expect((await images().usage()).images.map(({ digest }) => digest)).toContain(gone.digest)
      expect(await images().prune([])).toEqual(dry)
      expect((await images().usage()).images.map(({ digest }) => digest)).not.toContain(gone.digest)
    })
  })
}
