import { type DockerDaemon, startDockerDaemon } from '../yardstick/docker-daemon.ts'
import { baseArchive, baseName } from './base-image.ts'
import type { BenchRun } from './bench-run.ts'

/** `docker 20.10`, and the daemon with the base image in it. */
export async function openDockerSide({
  defer,
}: Pick<BenchRun, 'defer'>): Promise<DockerDaemon & { title: string }> {
  const daemon = await startDockerDaemon()
  defer(daemon.stop)
  await daemon.docker(['import', '--change', 'CMD ["sh"]', await baseArchive(), baseName])
  const [major, minor] = daemon.version.split('.')
  return { ...daemon, title: `docker ${major}.${minor}` }
}
