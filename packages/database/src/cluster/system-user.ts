import { readFileSync } from 'node:fs'
import { databaseError } from '../errors.ts'

export type SystemUser = { uid: number; gid: number }

/** PostgreSQL refuses to run as root; nothing else belongs to this user. */
export const postgresUser = 'berth-postgres'
/** Dashboard and receiver. */
export const berthUser = 'berth'

/** Set-up makes these users with useradd, so they stand in /etc/passwd. @throws DATABASE.NO_SYSTEM_USER */
export function systemUser(name: string): SystemUser {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':')
    if (user === name) return { uid: Number(uid), gid: Number(gid) }
  }
  throw databaseError['DATABASE.NO_SYSTEM_USER']({ name })
}
