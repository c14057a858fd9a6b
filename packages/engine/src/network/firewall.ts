import { type CommandRunner, command } from '@berth/command'

/**
 * One static nftables table for all containers of an engine. What it promises:
 *
 * - Containers reach the world outside, by NAT, but not the link-local block (a cloud's metadata service gives out keys).
 * - Containers of one group reach each other; groups do not reach each other; nothing outside reaches a container.
 *   The machine itself does: its front door.
 * - Containers reach nothing on the machine's own addresses but ping, and a resolver that runs there.
 *
 * - A linked pair is let through in one direction: from who was given the link. Answers come back.
 *
 * It grows by two set elements a group and one a link, never by a rule. Published ports are none of its business: they are
 * processes that listen on the machine (published-ports.ts), so the machine's own INPUT rules decide about them.
 * It only ever drops; where another table of the machine (ufw,
 * Docker) drops what this one accepts, that one wins.
 */
export type Firewall = { table: string; bridgePrefix: string }

export type GroupElement = { bridge: string; subnet: string }

/** The whole table, in one transaction: it is never there by half, and connections that exist go on. */
export async function applyFirewall(
  commands: CommandRunner,
  firewall: Firewall,
  state: { groups: readonly GroupElement[]; resolvers: readonly string[] },
): Promise<void> {
  await nft(commands, ruleset(firewall, state))
}

export async function addGroupToFirewall(
  commands: CommandRunner,
  { table }: Firewall,
  group: GroupElement,
): Promise<void> {
  const name = `"${group.bridge}"`
  await nft(
    commands,
    `add element inet ${table} same_group { ${name} . ${name} }\nadd element inet ${table} subnets { ${group.subnet} }\n`,
  )
}

/** Pairs of addresses that became linked, and that are no longer. */
export async function changeLinks(
  commands: CommandRunner,
  { table }: Firewall,
  { added, removed }: { added: readonly string[]; removed: readonly string[] },
): Promise<void> {
  const change = (verb: string, pairs: readonly string[]) =>
    pairs.length === 0 ? '' : `${verb} element inet ${table} linked { ${pairs.join(', ')} }\n`
  await nft(commands, change('delete', removed) + change('add', added))
}

export async function removeFirewall(commands: CommandRunner, { table }: Firewall): Promise<void> {
  await nft(commands, `table inet ${table}\ndelete table inet ${table}\n`)
}

export function ruleset(
  { table, bridgePrefix }: Firewall,
  { groups, resolvers }: { groups: readonly GroupElement[]; resolvers: readonly string[] },
): string {
  const ours = `"${bridgePrefix}*"`
  const elements = (values: readonly string[]) =>
    values.length === 0 ? '' : `elements = { ${values.join(', ')} }`
  return `table inet ${table}
delete table inet ${table}
table inet ${table} {
  set same_group {
    type ifname . ifname
    ${elements(groups.map(({ bridge }) => `"${bridge}" . "${bridge}"`))}
  }
  set subnets {
    type ipv4_addr
    flags interval
    ${elements(groups.map(({ subnet }) => subnet))}
  }
  set resolvers {
    type ipv4_addr
    ${elements(resolvers)}
  }
  set linked {
    type ipv4_addr . ipv4_addr
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname ${ours} jump from_container
    oifname ${ours} jump to_container
  }
  chain from_container {
    ct state established,related accept
    ct state invalid drop
    iifname . oifname @same_group accept
    ip saddr . ip daddr @linked accept
    oifname ${ours} drop
    ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 accept
    ip daddr 169.254.0.0/16 drop
    meta nfproto ipv6 drop
    ip saddr != @subnets drop
    accept
  }
  chain to_container {
    ct state established,related accept
    drop
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname != ${ours} accept
    ct state established,related accept
    icmp type echo-request accept
    ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 accept
    drop
  }
  chain outbound {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr @subnets oifname != ${ours} oifname != "lo" masquerade
  }
}
`
}

async function nft(commands: CommandRunner, input: string): Promise<void> {
  await commands.run(command('nft', '-f', '-'), { input, timeoutMs: 20_000 })
}
