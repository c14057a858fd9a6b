import type { ContainerLink } from '../../engine.ts'

/** A running container, as far as names go. */
export type Named = {
  id: string
  name: string
  group: string
  address: string
  links: readonly ContainerLink[]
}

/**
 * Lines of /etc/hosts: whom a container knows by name. Those of its group, by name and by the first twelve digits of
 * their id; and those that it is linked to, by the alias first. One that does not run is not known.
 */
export function knownNames(one: Named, all: readonly Named[]): string[] {
  const lines = new Map<string, string[]>()
  const know = ({ address, id, name }: Named, ...aliases: string[]) => {
    const known = lines.get(address) ?? [name, id.slice(0, 12)]
    lines.set(address, [...new Set([...aliases, ...known])])
  }
  for (const other of all) if (other.id !== one.id && other.group === one.group) know(other)
  for (const { container, alias } of one.links) {
    const other = all.find(({ id, name }) => id === container || name === container)
    if (other !== undefined && other.id !== one.id) know(other, alias)
  }
  return [...lines].map(([address, names]) => `${address} ${names.join(' ')}`)
}

export type LinkedPair = { from: string; to: string }

/** Who may reach whom beyond its own group, by address. */
export function linkedPairs(all: readonly Named[]): LinkedPair[] {
  return all.flatMap((one) =>
    one.links.flatMap(({ container }) => {
      const other = all.find(({ id, name }) => id === container || name === container)
      return other === undefined || other.group === one.group
        ? []
        : [{ from: one.address, to: other.address }]
    }),
  )
}
