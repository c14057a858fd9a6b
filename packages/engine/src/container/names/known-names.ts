import type { ContainerLink } from '../../engine.ts'
import type { Addresses } from '../../network/networks.ts'

/** A running container, as far as names go. */
export type Named = Addresses & {
  id: string
  name: string
  group: string
  links: readonly ContainerLink[]
}

/**
 * Lines of /etc/hosts: whom a container knows by name, at every address. Those of its group, by name and by the first twelve
 * digits of their id; and those that it is linked to, by the alias first. One that does not run is not known.
 */
export function knownNames(one: Named, all: readonly Named[]): string[] {
  const known = new Map<Named, string[]>()
  const know = (other: Named, ...aliases: string[]) => {
    const names = known.get(other) ?? [other.name, other.id.slice(0, 12)]
    known.set(other, [...new Set([...aliases, ...names])])
  }
  for (const other of all) if (other.id !== one.id && other.group === one.group) know(other)
  for (const { container, alias } of one.links) {
    const other = all.find(({ id, name }) => id === container || name === container)
    if (other !== undefined && other.id !== one.id) know(other, alias)
  }
  return [...known].flatMap(([{ address, address6 }, names]) =>
    [address, ...(address6 === null ? [] : [address6])].map((each) => `${each} ${names.join(' ')}`),
  )
}

export type LinkedPair = { from: string; to: string }

/** Who may reach whom beyond its own group, by addresses of one family. */
export function linkedPairs(all: readonly Named[]): LinkedPair[] {
  return all.flatMap((one) =>
    one.links.flatMap(({ container }) => {
      const other = all.find(({ id, name }) => id === container || name === container)
      if (other === undefined || other.group === one.group) return []
      const [from, to] = [one.address6, other.address6]
      return [
        { from: one.address, to: other.address },
        ...(from === null || to === null ? [] : [{ from, to }]),
      ]
    }),
  )
}
