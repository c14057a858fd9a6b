import type { Container, Engine } from '@berth/engine'
import { cliError } from '../errors.ts'

const fewestDigits = 2

/** A container by its whole id, its name, or digits that begin one id alone. @throws CLI.NO_CONTAINER */
export async function findContainer(
  { containers }: Pick<Engine, 'containers'>,
  given: string,
): Promise<Container> {
  const all = await containers.list()
  const exact = all.find(({ id, name }) => id === given || name === given)
  const similar = given.length < fewestDigits ? [] : all.filter(({ id }) => id.startsWith(given))
  const found = exact ?? (similar.length === 1 ? similar[0] : undefined)
  if (found === undefined) throw cliError['CLI.NO_CONTAINER']({ given, similar: similar.length })
  return found
}
