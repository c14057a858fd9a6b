import { places, type Settings } from '@berth/domain'

/** For every client of the database. The embedded one is reached over its socket, as role `berth`, without a password. */
export function connectionString(settings: Pick<Settings, 'home' | 'run' | 'databaseUrl'>): string {
  if (settings.databaseUrl !== null) return settings.databaseUrl
  const directory = encodeURIComponent(places(settings).postgresSocketDirectory)
  return `postgresql://berth@localhost/berth?host=${directory}`
}
