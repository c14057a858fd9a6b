import { Secret } from '@berth/command'
import { type CertificateState, certificateStates, mayBecome } from '@berth/domain'
import type { AuthorityAccount, CertificateRecord, CertificateStore } from '@berth/route'
import { type DoorSettings, type DoorStore, plainDoor } from '@berth/route/door-settings.ts'
import { Rows } from './rows.ts'

type Row = CertificateRecord & { keyText: string }

export function fakeCertificateStore(): CertificateStore {
  const rows = new Rows<Row>('certificate')
  const accounts = new Map<string, AuthorityAccount>()
  const become = (id: string, state: CertificateState, change: Partial<Row>) => {
    const row = rows.find(id)
    return (
      row !== null && mayBecome(certificateStates, row.state, state) && rows.update(id, { ...change, state })
    )
  }
  const nothing = { chain: null, keyText: '', notBefore: null, notAfter: null, attempts: 0, error: null }
  const byHost = (host: string) => rows.where((row) => row.host === host)[0]
  return {
    all: async () => rows.where(() => true).map(toRecord),
    list: async (appId) => rows.where((row) => row.appId === appId).map(toRecord),
    ofPlatform: async () => rows.where((row) => row.appId === null).flatMap(({ chain }) => chain ?? []),
    usable: async () =>
      rows
        .where(() => true)
        .flatMap((row) => {
          const { chain } = row
          return chain === null ? [] : [{ ...toRecord(row), chain, key: new Secret(row.keyText) }]
        }),
    want: async (appId, host) => {
      const there = byHost(host)
      if (there) rows.update(there.id, { appId })
      else rows.add({ appId, host, source: 'acme', state: 'wanted', dueAt: new Date(), ...nothing })
    },
    hasten: async (host) => rows.update(byHost(host)?.id ?? '', { dueAt: new Date() }),
    begin: async (id) => become(id, 'ordering', {}) || become(id, 'renewing', {}),
    obtained: async (id, { key, ...obtained }) =>
      become(id, 'valid', { ...obtained, keyText: key.reveal(), attempts: 0, error: null }),
    failed: async (id, { error, dueAt }) => {
      const row = rows.find(id)
      if (row?.state !== 'ordering' && row?.state !== 'renewing') return false
      const state = row.state === 'ordering' ? 'failed' : 'valid'
      return become(id, state, { error, dueAt, attempts: row.attempts + 1 })
    },
    add: async (appId, { key, ...own }) =>
      toRecord(
        rows.add({
          ...{ ...nothing, ...own, appId, host: null, source: 'own', state: 'valid' },
          ...{ keyText: key.reveal(), dueAt: own.notAfter },
        }),
      ),
    remove: async (id) => rows.remove(id),
    account: async (directory) => accounts.get(directory) ?? null,
    keepAccount: async (directory, account) => {
      const kept = accounts.get(directory) ?? account
      accounts.set(directory, kept)
      return kept
    },
  }
}

function toRecord({ keyText: _, ...record }: Row): CertificateRecord {
  return record
}

export function fakeDoorStore(): DoorStore {
  const doors = new Map<string, DoorSettings>()
  const current = (appId: string) => structuredClone(doors.get(appId) ?? plainDoor)
  return {
    current: async (appId) => current(appId),
    manual: async () => [...doors].flatMap(([appId, door]) => (door.autoCertificates ? [] : appId)),
    change: async (appId, change) => {
      doors.set(appId, change(current(appId)))
      return current(appId)
    },
  }
}
