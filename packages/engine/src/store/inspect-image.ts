import type { Image, ImageInspection } from '../engine.ts'
import type { FileSystems } from '../filesystem.ts'
import { ociHealthcheck } from './oci-config.ts'

/** All there is to know of an image, in Docker's words. */
export async function inspectImage(
  fileSystems: Pick<FileSystems, 'layer'>,
  image: Image,
  known: { names: readonly string[]; pins: readonly string[] },
): Promise<ImageInspection> {
  const { config } = image
  const layers = await Promise.all(
    image.layers.map(async (Id) => ({ Id, Size: (await fileSystems.layer(Id))?.sizeBytes ?? 0 })),
  )
  const keys = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]))
  return {
    Id: image.digest,
    RepoTags: known.names,
    RepoDigests: known.pins,
    Created: image.createdAt.toISOString(),
    Author: config.author ?? '',
    Architecture: config.architecture,
    Os: config.os,
    Size: layers.reduce((sum, { Size }) => sum + Size, 0),
    Config: {
      User: config.user,
      ExposedPorts: keys(config.exposedPorts),
      Env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
      Entrypoint: config.entrypoint,
      Cmd: config.command,
      Volumes: keys(config.volumes),
      WorkingDir: config.workingDirectory,
      Labels: config.labels,
      StopSignal: config.stopSignal,
      Healthcheck: ociHealthcheck(config.healthcheck),
      Shell: config.shell,
      OnBuild: config.onBuild,
    },
    Layers: layers,
  }
}
