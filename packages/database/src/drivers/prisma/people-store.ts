import type { SshKey } from '@berth/domain'
import { type PeopleStore, peopleError } from '@berth/people'
import { isRecordId } from '../record-id.ts'
import { claimOwner, createPerson, removePerson } from './accounts.ts'
import type { PrismaClient } from './client.ts'
import { deployKeyMethods } from './deploy-keys.ts'
import { invitationMethods } from './invitations.ts'
import { linkState, replaceLink, takeLink } from './links.ts'
import { isUniqueViolation, twiceIfLost } from './outcomes.ts'
import { toKey, toPerson, toToken } from './people-rows.ts'
import { sessionMethods } from './sessions.ts'
import { teamMethods } from './teams.ts'

/** What is used often is noted at most once a minute: a write for every request would be the platform's main load. */
const noteUseAfterMs = 60_000

export function peopleStore(prisma: PrismaClient): PeopleStore {
  return {
    ...personMethods(prisma),
    ...teamMethods(prisma),
    ...invitationMethods(prisma),
    ...sessionMethods(prisma),
    ...keyMethods(prisma),
    ...deployKeyMethods(prisma),
    ...tokenMethods(prisma),
  }
}

function personMethods(prisma: PrismaClient) {
  return {
    async person(id) {
      return isRecordId(id) ? toPerson(await prisma.user.findUnique({ where: { id } })) : null
    },
    async personByEmail(email) {
      return toPerson(await prisma.user.findUnique({ where: { email: email.toLowerCase() } }))
    },
    async hasOwner() {
      return (await prisma.membership.findFirst({ where: { role: 'owner' } })) !== null
    },
    createPerson: (account) => createPerson(prisma, account),
    claimOwner: (linkHash, account) => claimOwner(prisma, linkHash, account),
    async renamePerson(id, name) {
      await twiceIfLost(() => prisma.user.updateMany({ where: { id }, data: { name } }))
    },
    removePerson: (id) => removePerson(prisma, id),
    addLink: (link) => replaceLink(prisma, link),
    takeLink: (hash, purpose) => takeLink(prisma, hash, purpose),
    linkState: (hash, purpose) => linkState(prisma, hash, purpose),
  } satisfies Partial<PeopleStore>
}

function keyMethods(prisma: PrismaClient) {
  return {
    async keys(personId) {
      if (!isRecordId(personId)) return []
      const where = { userId: personId }
      const rows = await prisma.sshKey.findMany({ where, orderBy: { createdAt: 'asc' } })
      return rows.flatMap((row) => toKey(row) ?? [])
    },
    async keyByFingerprint(fingerprint) {
      const row = await prisma.sshKey.findUnique({ where: { fingerprint } })
      return row === null ? null : toKey(row)
    },
    async addKey({ personId, ...key }) {
      try {
        return toKey(await prisma.sshKey.create({ data: { ...key, userId: personId } })) as SshKey
      } catch (error) {
        if (isUniqueViolation(error)) throw peopleError['KEY.TAKEN']()
        throw error
      }
    },
    async removeKey(personId, id) {
      if (!isRecordId(id)) return false
      return (await prisma.sshKey.deleteMany({ where: { id, userId: personId } })).count > 0
    },
    async touchKey(id) {
      await prisma.sshKey.updateMany({ where: { id, ...notNotedLately() }, data: { lastUsedAt: new Date() } })
    },
  } satisfies Partial<PeopleStore>
}

function tokenMethods(prisma: PrismaClient) {
  return {
    async tokens(personId) {
      if (!isRecordId(personId)) return []
      const where = { userId: personId }
      return (await prisma.apiToken.findMany({ where, orderBy: { createdAt: 'asc' } })).map(toToken)
    },
    async tokenByHash(hash) {
      const row = await prisma.apiToken.findUnique({ where: { hash } })
      return row === null ? null : toToken(row)
    },
    async addToken({ personId, ...token }) {
      return toToken(await prisma.apiToken.create({ data: { ...token, userId: personId } }))
    },
    async removeToken(personId, id) {
      if (!isRecordId(id)) return false
      return (await prisma.apiToken.deleteMany({ where: { id, userId: personId } })).count > 0
    },
    async touchToken(id) {
      await prisma.apiToken.updateMany({
        where: { id, ...notNotedLately() },
        data: { lastUsedAt: new Date() },
      })
    },
  } satisfies Partial<PeopleStore>
}

function notNotedLately() {
  const before = new Date(Date.now() - noteUseAfterMs)
  return { OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] }
}
