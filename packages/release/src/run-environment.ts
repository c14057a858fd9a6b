import { type App, instanceName, type ProcessType, type Release, releaseLabel, web } from '@berth/domain'

/**
 * What an instance gets besides its image's environment: the release's configuration, and over it what Berth says of
 * itself. PORT is Berth's for web alone; another process keeps the one of its configuration.
 */
export function runEnvironment(given: {
  app: Pick<App, 'name'>
  release: Pick<Release, 'version'>
  instance: { type: ProcessType; index: number }
  /** Of `portOf`. */
  port: number
  /** The commit: 40 hex digits. */
  revision: string | null
  configuration: Readonly<Record<string, string>>
}): Record<string, string> {
  const name = instanceName(given.instance.type, given.instance.index)
  return {
    ...given.configuration,
    ...(given.instance.type === web ? { PORT: String(given.port) } : {}),
    BERTH_APP: given.app.name,
    BERTH_RELEASE: releaseLabel(given.release.version),
    BERTH_REVISION: given.revision ?? '',
    BERTH_PROCESS: name,
    DYNO: name,
  }
}
