/**
 * Every column that holds what `people` has sealed. Turning the key (`turnSealingKey`) seals each of their values anew: a
 * column that is missing here would be lost with the former key, so a test holds this list against the schema.
 */
export type SealedColumn = {
  /** Also the `table` of the place that its values are sealed for. */
  table: string
  column: string
  /** Unique by itself. */
  key: string
  /** The columns that the place's `row` and `teamId` stand in. Null: sealed for no team. */
  row: string
  teamId: string | null
}

export const sealedColumns: readonly SealedColumn[] = [
  { table: 'RegistryCredential', column: 'sealed', key: 'id', row: 'host', teamId: 'teamId' },
  { table: 'NotificationTarget', column: 'sealed', key: 'id', row: 'id', teamId: 'teamId' },
  { table: 'AppConfiguration', column: 'sealed', key: 'appId', row: 'appId', teamId: null },
  { table: 'SignOnProvider', column: 'sealed', key: 'id', row: 'id', teamId: null },
  { table: 'Certificate', column: 'sealed', key: 'id', row: 'id', teamId: null },
  { table: 'AcmeAccount', column: 'sealed', key: 'directory', row: 'directory', teamId: null },
  { table: 'AppDoor', column: 'sealed', key: 'appId', row: 'appId', teamId: null },
  { table: 'Release', column: 'sealed', key: 'id', row: 'id', teamId: null },
  { table: 'Drain', column: 'sealed', key: 'id', row: 'id', teamId: null },
]
