import type { DeployKey, Person, SshKey } from '@berth/domain'
import { oneLine } from '../one-line.ts'
import type { PeopleStore } from '../stores.ts'
import { parsePublicKey } from './parse-public-key.ts'

export type Keys = {
  list(personId: string): Promise<SshKey[]>
  /** `name` empty: the key's own comment. @throws KEY.INVALID, KEY.PRIVATE, KEY.TAKEN */
  add(personId: string, key: { name: string; line: string }): Promise<SshKey>
  /** A key of an app's own. @throws KEY.INVALID, KEY.PRIVATE, KEY.TAKEN */
  addDeployKey(appId: string, key: { name: string; line: string; mayPush: boolean }): Promise<DeployKey>
  /** False: this person has no such key. */
  remove(personId: string, id: string): Promise<boolean>
  /** Whose key this is; `publicKey` is compared as well. The use is noted. Null: a stranger's. */
  personByKey(publicKey: string): Promise<{ person: Person; key: SshKey } | null>
}

export function openKeys(people: PeopleStore): Keys {
  return {
    list: (personId) => people.keys(personId),
    async add(personId, { name, line }) {
      return await people.addKey({ personId, ...read(name, line) })
    },
    async addDeployKey(appId, { name, line, mayPush }) {
      return await people.addDeployKey({ appId, mayPush, ...read(name, line) })
    },
    remove: (personId, id) => people.removeKey(personId, id),
    async personByKey(given) {
      const { publicKey, fingerprint } = parsePublicKey(given)
      const key = await people.keyByFingerprint(fingerprint)
      if (key === null || key.publicKey !== publicKey) return null
      const person = await people.person(key.personId)
      if (person === null) return null
      await people.touchKey(key.id)
      return { person, key }
    },
  }
}

function read(name: string, line: string): Pick<SshKey, 'name' | 'publicKey' | 'fingerprint'> {
  const { publicKey, fingerprint, comment } = parsePublicKey(line)
  return { name: oneLine(name) || oneLine(comment) || 'key', publicKey, fingerprint }
}
