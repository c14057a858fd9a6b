import type { CommandRunner } from '@berth/command'
import type { Group, GroupRecords } from '../container/group-records.ts'
import { chooseSubnet } from './choose-subnet.ts'
import { addGroupToFirewall, type Firewall, type GroupElement } from './firewall.ts'
import { readHostNetwork } from './host-network.ts'
import { formatBlock, parseBlock } from './ipv4.ts'

/**
 * The subnet of a group: chosen when it first wants a network, one group at a time, clear of everything that the
 * machine has routes to at that moment, of the other groups and of the resolvers; then remembered.
 */
export function groupSubnets(options: {
  commands: CommandRunner
  groups: GroupRecords
  firewall: Firewall
  /** How the firewall knows it. */
  elementOf: (group: Group, subnet: string) => GroupElement
  avoid: readonly string[]
}): (group: Group) => Promise<string> {
  const { commands, groups, firewall, elementOf, avoid } = options
  let turn: Promise<unknown> = Promise.resolve()

  const choose = async (group: Group): Promise<string> => {
    const { taken } = await readHostNetwork(commands)
    const ours = groups.all().flatMap((each) => each.subnet ?? [])
    const subnet = formatBlock(chooseSubnet(group.place, [...taken, ...[...ours, ...avoid].map(parseBlock)]))
    await groups.update({ ...group, subnet, usedAt: new Date() })
    await addGroupToFirewall(commands, firewall, elementOf(group, subnet))
    return subnet
  }
  return (group) => {
    const known = () => groups.all().find((each) => each.name === group.name)?.subnet ?? null
    const mine = turn.then(async () => known() ?? (await choose(group)))
    turn = mine.catch(() => undefined)
    return mine
  }
}
