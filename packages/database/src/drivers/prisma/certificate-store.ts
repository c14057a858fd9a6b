import { randomUUID } from 'node:crypto'
import { Secret } from '@berth/command'
import { type CertificateState, certificateStates, type ErrorRecord, statesBefore } from '@berth/domain'
import type { SealedPlace, Sealing } from '@berth/people'
import type { AuthorityAccount, CertificateRecord, CertificateStore } from '@berth/route'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { readError, writeError } from './json-columns.ts'
import { changed, twiceIfLost } from './outcomes.ts'

export function certificateStore(prisma: PrismaClient, sealing: Sealing): CertificateStore {
  const become = (id: string, state: CertificateState, from: CertificateState[], data: object) =>
    changed(
      () => prisma.certificate.updateMany({ where: { id, state: { in: from } }, data: { ...data, state } }),
      async () => (await prisma.certificate.count({ where: { id, state } })) > 0,
    )
  const before = (state: CertificateState) => statesBefore(certificateStates, state)
  const without = { omit: { sealed: true }, orderBy: { createdAt: 'asc' } } as const

  return {
    async all() {
      return (await prisma.certificate.findMany(without)).map(toRecord)
    },
    async list(appId) {
      if (!isRecordId(appId)) return []
      return (await prisma.certificate.findMany({ where: { appId }, ...without })).map(toRecord)
    },
    async ofPlatform() {
      const rows = await prisma.certificate.findMany({ where: { appId: null }, select: { chain: true } })
      return rows.flatMap(({ chain }) => chain ?? [])
    },
    async usable() {
      const rows = await prisma.certificate.findMany({
        where: { chain: { not: null } },
        orderBy: { createdAt: 'asc' },
      })
      return rows.flatMap(({ sealed, ...row }) => {
        const record = toRecord(row)
        if (record.chain === null || sealed === null) return []
        return [{ ...record, chain: record.chain, key: new Secret(sealing.unseal(sealed, placeOf(row.id))) }]
      })
    },
    async want(appId, host) {
      const id = randomUUID()
      const create = { id, appId, host, source: 'acme' }
      await twiceIfLost(() => prisma.certificate.upsert({ where: { host }, create, update: { appId } }))
    },
    async hasten(host) {
      const { count } = await twiceIfLost(() =>
        prisma.certificate.updateMany({ where: { host }, data: { dueAt: new Date() } }),
      )
      return count > 0
    },
    async begin(id) {
      if (!isRecordId(id)) return false
      const [first, next] = [before('ordering'), before('renewing')]
      return (await become(id, 'ordering', first, {})) || (await become(id, 'renewing', next, {}))
    },
    obtained: (id, { chain, key, notBefore, notAfter, dueAt }) =>
      become(id, 'valid', before('valid'), {
        ...{ chain, notBefore, notAfter, dueAt },
        ...{ sealed: sealing.seal(key.reveal(), placeOf(id)), attempts: 0, error: writeError(null) },
      }),
    async failed(id, { error, dueAt }) {
      const failure = { error: writeError(error), dueAt, attempts: { increment: 1 } }
      return (
        (await become(id, 'failed', ['ordering'], failure)) ||
        (await become(id, 'valid', ['renewing'], failure))
      )
    },
    async add(appId, { chain, key, notBefore, notAfter }) {
      const id = randomUUID()
      const sealed = sealing.seal(key.reveal(), placeOf(id))
      const create = {
        id,
        appId,
        source: 'own',
        state: 'valid',
        chain,
        sealed,
        notBefore,
        notAfter,
        dueAt: notAfter,
      }
      const { sealed: _, ...row } = await twiceIfLost(() =>
        prisma.certificate.upsert({ where: { id }, create, update: { id } }),
      )
      return toRecord(row)
    },
    async remove(id) {
      return isRecordId(id) && (await prisma.certificate.deleteMany({ where: { id } })).count > 0
    },
    async account(directory) {
      const row = await prisma.acmeAccount.findUnique({ where: { directory } })
      return row === null ? null : toAccount(row, sealing)
    },
    async keepAccount(directory, { url, key }) {
      const sealed = sealing.seal(key.reveal(), accountPlace(directory))
      const row = await twiceIfLost(() =>
        prisma.acmeAccount.upsert({
          where: { directory },
          create: { directory, url, sealed },
          update: { directory },
        }),
      )
      return toAccount(row, sealing)
    },
  }
}

function placeOf(id: string): SealedPlace {
  return { table: 'Certificate', row: id, teamId: null }
}

function accountPlace(directory: string): SealedPlace {
  return { table: 'AcmeAccount', row: directory, teamId: null }
}

function toAccount(
  row: { directory: string; url: string; sealed: Uint8Array },
  sealing: Sealing,
): AuthorityAccount {
  return { url: row.url, key: new Secret(sealing.unseal(row.sealed, accountPlace(row.directory))) }
}

type Row = Omit<CertificateRecord, 'source' | 'state' | 'error'> & {
  source: string
  state: string
  error: unknown
}

function toRecord(row: Row): CertificateRecord {
  const error: ErrorRecord | null = readError(row.error)
  return {
    ...row,
    source: row.source === 'own' ? 'own' : 'acme',
    state: row.state as CertificateState,
    error,
  }
}
