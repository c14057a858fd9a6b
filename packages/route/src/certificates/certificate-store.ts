import type { Secret } from '@berth/command'
import type { CertificateState, ErrorRecord } from '@berth/domain'

/**
 * A certificate that is had, or is to be had. Automatic ones (`acme`) are for one name each: what keeps one name from
 * having its certificate keeps no other from its own, and a new name changes none that is there.
 */
export type CertificateRecord = {
  id: string
  /** Null: for a name of the platform's own. */
  appId: string | null
  source: 'acme' | 'own'
  /** The name that an automatic one is for; null: one of the app's own, for whatever names stand in it. */
  host: string | null
  state: CertificateState
  /** PEM, the certificate first; null: nothing was obtained yet. */
  chain: string | null
  notBefore: Date | null
  notAfter: Date | null
  /** How often it was tried in vain since it was obtained. */
  attempts: number
  /** Why it was in vain the last time. */
  error: ErrorRecord | null
  /** When it is to be asked for next. */
  dueAt: Date
  createdAt: Date
}

/** A certificate that can be shown. */
export type Obtained = { chain: string; key: Secret; notBefore: Date; notAfter: Date }

export interface CertificateStore {
  /** Oldest first. */
  all(): Promise<CertificateRecord[]>
  list(appId: string): Promise<CertificateRecord[]>
  /** The chains of those for names of the platform's own. */
  ofPlatform(): Promise<string[]>
  /** Those with a chain, with their keys. @throws SECRET.UNREADABLE */
  usable(): Promise<(CertificateRecord & { chain: string; key: Secret })[]>

  /** An automatic one for this name is wanted from now on, by this app; nothing changes where it is already. */
  want(appId: string | null, host: string): Promise<void>
  /** Due now, whatever it has waited for. False: there is none for this name. */
  hasten(host: string): Promise<boolean>
  /** Someone begins to ask an authority. */
  begin(id: string): Promise<boolean>
  obtained(id: string, obtained: Obtained & { dueAt: Date }): Promise<boolean>
  /** It stays what it was before it was begun, and one attempt more was in vain. */
  failed(id: string, failure: { error: ErrorRecord; dueAt: Date }): Promise<boolean>

  /** One of the app's own. */
  add(appId: string, own: Obtained): Promise<CertificateRecord>
  remove(id: string): Promise<boolean>

  /** The platform's account at this authority; null: there is none yet. */
  account(directory: string): Promise<AuthorityAccount | null>
  /** The first one stays: of two that are kept at once, the answer is what is kept. */
  keepAccount(directory: string, account: AuthorityAccount): Promise<AuthorityAccount>
}

/** `key`: PEM. */
export type AuthorityAccount = { url: string; key: Secret }
