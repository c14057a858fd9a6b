import type { App, AuditBeginning, Person, Team } from '@berth/domain'
import type { Action } from '@berth/people/may.ts'

/**
 * Who stands at the door, and what they may do: the receiver's view of the people stage. All doors (SSH, HTTP, the registry,
 * attached sessions) ask here and nowhere else. Unknown is null; an error is thrown only where the answer could not be found
 * out. What a visitor may is looked up anew whenever it is asked.
 */
export interface Doorkeeper {
  /** `fingerprint` as OpenSSH prints it, of a key whose signature was verified or is about to be. */
  visitorByKey(fingerprint: string): Promise<Visitor | null>
  /** The key was used; for its owner to see. */
  keyUsed(fingerprint: string): Promise<void>
  visitorByToken(token: string): Promise<Visitor | null>
  /** Uses it up. Whether the page was the dashboard's is asked before. */
  visitorByTicket(ticket: string): Promise<Visitor | null>
  may(visitor: Visitor, action: Action, app: App): Promise<boolean>
  /** The team in which a push creates this visitor's apps; null: they may create none. */
  teamForNewApp(visitor: Visitor): Promise<Team | null>
}

/** A person, by their key or token; or an app's own key, which is nobody. */
export type Visitor = {
  /** The person's id, or the key's: apart from every other visitor's. */
  id: string
  person: Person | null
  /** For the audit log: who, and by what; null: a session. */
  who: string
  by: string | null
  /** Of a person's SSH key: a connection may outlive it. */
  keyId?: string
  /** Of a page's ticket: the session that it was given to, and the one app that it leads into. */
  ticket?: { sessionId: string; appId: string }
  shown: ShownAtDoor
}

export type ShownAtDoor =
  | 'key'
  | { session: { method: string | null } }
  | { token: { scope: 'read' | 'deploy' | 'admin'; teamId: string | null; appId: string | null } }
  | { deployKey: { appId: string; mayPush: boolean } }

/** Where a visitor comes from, for the audit log. */
export type From = Pick<AuditBeginning, 'door' | 'address' | 'userAgent'>
