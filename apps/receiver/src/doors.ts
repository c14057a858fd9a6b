import type { App, Person, Team } from '@berth/domain'

/**
 * Who stands at the door, and what they may do: the receiver's view of the people stage. Both doors (SSH and HTTP) ask here
 * and nowhere else. Unknown is null; an error is thrown only where the answer could not be found out.
 */
export interface Doorkeeper {
  /** `fingerprint` as OpenSSH prints it, of a key whose signature was verified or is about to be. */
  personByKey(fingerprint: string): Promise<Person | null>
  /** The key was used; for its owner to see. */
  keyUsed(fingerprint: string): Promise<void>
  personByToken(token: string): Promise<Person | null>
  may(person: Person, action: 'app.pull' | 'app.push' | 'app.change', app: App): Promise<boolean>
  /** The team in which a push creates this person's apps; null: they may create none. */
  teamForNewApp(person: Person): Promise<Team | null>
}
