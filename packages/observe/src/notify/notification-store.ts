import type { NoticeKind } from '../notices.ts'
import type { Message } from './message.ts'

/** Where a team's notifications go. What it takes to send there is sealed; `shown` is what may be seen of it. */
export type Target = {
  id: string
  teamId: string
  kind: TargetKind
  /** The addresses of a mail; the host of a webhook, whose path is a secret. */
  shown: string
  noticeKinds: readonly NoticeKind[]
  /** Empty: every app of the team. */
  appIds: readonly string[]
  createdAt: Date
  createdById: string | null
}

export type TargetKind = 'mail' | 'slack' | 'webhook'

export type SealedTarget = Target & { sealed: Uint8Array<ArrayBuffer> }

/**
 * One notice on its way to one target.
 *
 *   queued ──► delivered
 *      └─────► failed          left-out: more than the target may get at a time; never sent
 */
export type Delivery = {
  id: string
  targetId: string
  /** What it is about (`noticeKey`). */
  subject: string
  phase: DeliveryPhase
  message: Message
  state: 'queued' | 'delivered' | 'failed' | 'left-out'
  /** How often it was sent. */
  attempts: number
  /** What the other side said last, in a line. */
  answer: string | null
  createdAt: Date
  finishedAt: Date | null
}

export type DeliveryPhase = 'begun' | 'ended' | 'once'

export interface NotificationStore {
  /** Oldest first. */
  targets(teamId: string): Promise<SealedTarget[]>
  allTargets(): Promise<SealedTarget[]>
  target(id: string): Promise<SealedTarget | null>
  addTarget(target: Omit<SealedTarget, 'createdAt'>): Promise<void>
  /** What it is told, and of which apps; where it goes stays. False: the team has none of this id. */
  changeTarget(teamId: string, id: string, told: Pick<Target, 'noticeKinds' | 'appIds'>): Promise<boolean>
  removeTarget(teamId: string, id: string): Promise<boolean>

  addDelivery(
    delivery: Pick<Delivery, 'id' | 'targetId' | 'subject' | 'phase' | 'message'> & {
      state: 'queued' | 'left-out'
    },
  ): Promise<void>
  delivery(id: string): Promise<Delivery | null>
  /** Counts one more attempt and returns how many it is; 0 where the delivery is over. */
  beginAttempt(id: string): Promise<number>
  /** What was said to an attempt after which there may be another. */
  noteAnswer(id: string, answer: string): Promise<void>
  /** False: it is over already. */
  endDelivery(id: string, state: 'delivered' | 'failed', answer: string): Promise<boolean>
  /** Of all targets of a team, newest first. */
  deliveries(teamId: string, limit: number): Promise<Delivery[]>
  /** The newest about this; what was left out counts as not told. */
  lastAbout(targetId: string, subject: string): Promise<Delivery | null>
  /** `sent`: since then; `leftOut`: since the last that was not left out. */
  load(targetId: string, since: Date): Promise<{ sent: number; leftOut: number }>
  /** Queued, though made before: those that were never tried, and those that were. Oldest first. */
  stranded(before: { untried: Date; tried: Date }, limit: number): Promise<Delivery[]>
  /** Subjects beginning so whose newest delivery, to some target, says that they began. */
  openSubjects(prefix: string): Promise<string[]>
  /** Forgets what is over, but for the newest of each target and the beginnings of what lasts. Returns how many. */
  prune(keep: number): Promise<number>
}
