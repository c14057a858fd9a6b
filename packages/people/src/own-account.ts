import { parseName } from './account-form.ts'
import { peopleError } from './errors.ts'
import type { PeopleStore } from './stores.ts'

/** What somebody does to their own account, or whoever runs the machine for them. */

/** Answers with the name as it is kept. @throws PEOPLE.INVALID */
export async function renameAccount(
  people: Pick<PeopleStore, 'renamePerson'>,
  personId: string,
  given: string,
): Promise<string> {
  const name = parseName(given)
  await people.renamePerson(personId, name)
  return name
}

/** @throws ACCOUNT.LAST_OWNER */
export async function removeAccount(
  people: Pick<PeopleStore, 'removePerson'>,
  personId: string,
): Promise<void> {
  const lastOwnerOf = await people.removePerson(personId)
  if (lastOwnerOf.length > 0)
    throw peopleError['ACCOUNT.LAST_OWNER']({ teams: lastOwnerOf.map(({ name }) => name) })
}
