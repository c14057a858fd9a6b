import { randomUUID } from 'node:crypto'
import { parseMailAddress } from '../mail/parse-mail-address.ts'
import type { NoticeKind } from '../notices.ts'
import { notificationError } from './errors.ts'
import type { NotificationStore, SealedTarget, Target } from './notification-store.ts'
import { newWebhookSecret } from './signed-webhook.ts'
import { type TargetSecrets, targetSecretsShape } from './target-secrets.ts'

/** What somebody asks for. `smtpUrl`: a mail server of the team's own; null: the platform's. */
export type NewTarget = { noticeKinds: readonly NoticeKind[]; appIds: readonly string[] } & (
  | { kind: 'mail'; to: readonly string[]; smtp: { url: string; from: string } | null }
  | { kind: 'slack'; url: string }
  | { kind: 'webhook'; url: string }
)

/** What seals a value for the place that it lies in (packages/people, sealing). */
export type Seals = {
  seal(plain: string, place: Place): Uint8Array<ArrayBuffer>
  /** @throws SECRET.UNREADABLE */
  unseal(sealed: Uint8Array, place: Place): string
}

type Place = { table: string; row: string; teamId: string }

/** Where teams' notifications go. The one place that seals and unseals what it takes to send there. */
export type Targets = {
  /** Without secrets, oldest first. */
  list(teamId: string): Promise<Target[]>
  /**
   * `signingSecret`: of a webhook, shown this once.
   * @throws NOTIFICATION.TARGET_INVALID, NOTIFICATION.TOO_MANY_TARGETS, MAIL.ADDRESS_INVALID
   */
  add(
    teamId: string,
    target: NewTarget,
    createdById: string,
  ): Promise<{ target: Target; signingSecret: string | null }>
  /** What it is told, and of which apps. @throws NOTIFICATION.TARGET_INVALID, NOTIFICATION_TARGET.NOT_FOUND */
  change(teamId: string, id: string, told: Pick<Target, 'noticeKinds' | 'appIds'>): Promise<Target>
  /** @throws NOTIFICATION_TARGET.NOT_FOUND */
  remove(teamId: string, id: string): Promise<Target>
  /** For who sends. @throws SECRET.UNREADABLE */
  open(target: SealedTarget): TargetSecrets
}

const mostOfATeam = 20
const mostAddresses = 20

export function openTargets({ store, sealing }: { store: NotificationStore; sealing: Seals }): Targets {
  return {
    list: async (teamId) => (await store.targets(teamId)).map(withoutSecrets),
    async add(teamId, given, createdById) {
      const known = await store.targets(teamId)
      if (known.length >= mostOfATeam)
        throw notificationError['NOTIFICATION.TOO_MANY_TARGETS']({ most: mostOfATeam })
      const { secrets, shown } = checked(given)
      const id = randomUUID()
      const sealed = sealing.seal(JSON.stringify(secrets), placeOf({ id, teamId }))
      const { kind, noticeKinds, appIds } = given
      await store.addTarget({ ...{ id, teamId, kind, shown, sealed }, noticeKinds, appIds, createdById })
      const added = await existing(store, teamId, id)
      return {
        target: withoutSecrets(added),
        signingSecret: secrets.kind === 'webhook' ? secrets.signingSecret : null,
      }
    },
    async change(teamId, id, told) {
      assertTold(told)
      if (!(await store.changeTarget(teamId, id, told)))
        throw notificationError['NOTIFICATION_TARGET.NOT_FOUND']({ id })
      return withoutSecrets(await existing(store, teamId, id))
    },
    async remove(teamId, id) {
      const target = await existing(store, teamId, id)
      await store.removeTarget(teamId, id)
      return withoutSecrets(target)
    },
    open: (target) => targetSecretsShape.parse(JSON.parse(sealing.unseal(target.sealed, placeOf(target)))),
  }
}

/** Another team's looks like none. */
async function existing(store: NotificationStore, teamId: string, id: string): Promise<SealedTarget> {
  const target = await store.target(id)
  if (target?.teamId === teamId) return target
  throw notificationError['NOTIFICATION_TARGET.NOT_FOUND']({ id })
}

function checked(given: NewTarget): { secrets: TargetSecrets; shown: string } {
  assertTold(given)
  if (given.kind === 'mail') return checkedMail(given)
  const url = checkedUrl(given.url)
  const secrets: TargetSecrets =
    given.kind === 'slack'
      ? { kind: 'slack', url: url.href }
      : { kind: 'webhook', url: url.href, signingSecret: newWebhookSecret() }
  return { secrets, shown: url.host }
}

function assertTold({ noticeKinds }: Pick<Target, 'noticeKinds'>): void {
  if (noticeKinds.length === 0) throw invalid('list of what to tell', 'one kind at least')
}

function checkedMail({ to, smtp }: Extract<NewTarget, { kind: 'mail' }>) {
  const addresses = [...new Set(to.map(parseMailAddress))]
  if (addresses.length === 0 || addresses.length > mostAddresses)
    throw invalid('list of addresses', `1 to ${mostAddresses} mail addresses`)
  const server = smtp === null ? null : { url: checkedServer(smtp.url), from: parseMailAddress(smtp.from) }
  return { secrets: { kind: 'mail' as const, to: addresses, smtp: server }, shown: addresses.join(', ') }
}

/** A name and a password in the address would be sent in a header that nobody expects. */
function checkedUrl(given: string): URL {
  const url = given.length <= 2_000 ? URL.parse(given) : null
  const isPlain = url !== null && url.username === '' && url.password === ''
  if (isPlain && (url.protocol === 'https:' || url.protocol === 'http:')) return url
  throw invalid('address', 'one that begins with https:// or http://, without a user name')
}

function checkedServer(given: string): string {
  const url = given.length <= 2_000 ? URL.parse(given) : null
  if (url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '') return url.href
  throw invalid('mail server', 'smtp://USER:PASSWORD@HOST:PORT, or smtps://… for TLS from the first byte')
}

function invalid(what: string, expected: string) {
  return notificationError['NOTIFICATION.TARGET_INVALID']({ what, expected })
}

function withoutSecrets({ sealed: _, ...target }: SealedTarget): Target {
  return target
}

function placeOf({ id, teamId }: Pick<Target, 'id' | 'teamId'>): Place {
  return { table: 'NotificationTarget', row: id, teamId }
}
