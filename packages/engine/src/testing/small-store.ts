import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { localRunner } from '@berth/command'
import { extractTree } from '../archive/extract-tree.ts'
import { type TarPart, tarStream } from '../archive/make-tar.ts'
import { type OverlayFileSystems, openOverlayFileSystems } from '../drivers/overlay-file-systems.ts'
import type { Image, ImageConfig } from '../engine.ts'
import { emptyImageConfig } from '../store/image-config.ts'
import { type ImageStore, type ImageStoreOptions, openImageStore } from '../store/image-store.ts'

/** An image store in a home of its own, without an engine around it. */
export type SmallStore = {
  home: string
  fileSystems: OverlayFileSystems
  images: ImageStore
  /** A layer of these parts, as an archive would have them. */
  layer(parts: readonly TarPart[]): Promise<string>
  /** An image of layers, each given by its parts. */
  image(name: string, layers: readonly (readonly TarPart[])[], config?: Partial<ImageConfig>): Promise<Image>
  close(): Promise<void>
}

export async function openSmallStore(options: Partial<ImageStoreOptions> = {}): Promise<SmallStore> {
  const home = mkdtempSync('/tmp/berth-store-')
  const fileSystems = await openOverlayFileSystems({ home, run: `${home}/run`, commands: localRunner })
  const images = await openImageStore({ home, fileSystems, commands: localRunner, ...options })

  async function layer(parts: readonly TarPart[]): Promise<string> {
    const upper = `${await fileSystems.temporaryDirectory()}/upper`
    mkdirSync(upper)
    await extractTree(tarStream(parts, 100_000), upper, { whiteouts: 'layer' })
    return (await fileSystems.seal(upper, null)).id
  }
  return {
    ...{ home, fileSystems, images, layer },
    async image(name, layers, config = {}) {
      const ids: string[] = []
      for (const parts of layers) ids.push(await layer(parts))
      return images.commit({ ...emptyImageConfig(), ...config }, ids, [name])
    },
    async close() {
      await fileSystems.close()
      rmSync(home, { recursive: true })
    },
  }
}
