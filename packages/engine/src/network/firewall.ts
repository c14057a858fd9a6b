import { type CommandRunner, command } from '@berth/command'
import { mostHosts } from './choose-subnet.ts'

/**
 * One static nftables table for all containers of an engine. What it promises:
 *
 * - Containers reach the world outside, by NAT, but not where clouds give out keys: the link-local blocks, and the
 *   addresses that some have in IPv6.
 * - Containers of one group reach each other; groups do not reach each other; nothing outside reaches a container.
 *   The machine itself does: its front door.
 * - Containers reach nothing on the machine's own addresses but ping, a resolver that runs there, and what IPv6 needs to
 *   find a neighbour.
 * - A linked pair is let through in one direction: from who was given the link. Answers come back.
 * - Of IPv6 comes in only what has the sender's own address. A program needs no privilege to send from another's
 *   (IPV6_FREEBIND; IPv4 refuses it), so it is looked at before anything is known of the connection: its /64 is that of the
 *   bridge, its interface id the number in its hardware address. Nobody but the machine is a router.
 *
 * It grows by three set elements a group and two a link, never by a rule. Published ports are none of its business: they are
 * processes that listen on the machine (published-ports.ts), so the machine's own INPUT rules decide about them.
 * It only ever drops; where another table of the machine (ufw,
 * Docker) drops what this one accepts, that one wins. Neighbours on one bridge talk past it, unless the kernel has bridges
 * call it (br_netfilter).
 */
export type Firewall = { table: string; bridgePrefix: string }

/** `subnet6`: without its length, which is 64; null without IPv6. */
export type GroupElement = { bridge: string; subnet: string; subnet6: string | null }

export type FirewallState = {
  groups: readonly GroupElement[]
  /** Of both families. */
  resolvers: readonly string[]
  /** The first three groups of every container's IPv6 address; null: IPv6 is dropped. */
  prefix6: string | null
}

/** The whole table, in one transaction: it is never there by half, and connections that exist go on. */
export async function applyFirewall(
  commands: CommandRunner,
  firewall: Firewall,
  state: FirewallState,
): Promise<void> {
  await nft(commands, ruleset(firewall, state))
}

export async function addGroupToFirewall(
  commands: CommandRunner,
  { table }: Firewall,
  group: GroupElement,
): Promise<void> {
  const name = `"${group.bridge}"`
  const elements = {
    same_group: `${name} . ${name}`,
    subnets: group.subnet,
    ...(group.subnet6 === null ? {} : { senders6: `${name} . ${group.subnet6}` }),
  }
  const lines = Object.entries(elements).map(
    ([set, element]) => `add element inet ${table} ${set} { ${element} }\n`,
  )
  await nft(commands, lines.join(''))
}

/** Pairs of addresses (`from . to`, each pair of one family) that became linked, and that are no longer. */
export async function changeLinks(
  commands: CommandRunner,
  { table }: Firewall,
  { added, removed }: { added: readonly string[]; removed: readonly string[] },
): Promise<void> {
  const change = (verb: string, pairs: readonly string[]) =>
    [...Map.groupBy(pairs, (pair) => (pair.includes(':') ? 'linked6' : 'linked'))].map(
      ([set, some]) => `${verb} element inet ${table} ${set} { ${some.join(', ')} }\n`,
    )
  await nft(commands, [...change('delete', removed), ...change('add', added)].join(''))
}

export async function removeFirewall(commands: CommandRunner, { table }: Firewall): Promise<void> {
  await nft(commands, `table inet ${table}\ndelete table inet ${table}\n`)
}

/**
 * Where clouds answer whoever asks with keys, beside link-local addresses: Amazon, Google, Oracle, Scaleway. Sources: their
 * manuals; cloud-init's DataSourceEc2, DataSourceOracle and DataSourceScaleway.
 */
const keyGivers6 = ['fd00:ec2::254', 'fd20:ce::254', 'fd00:c1::a9fe:a9fe', 'fd00:42::42']

/** The numbers that containers have in their group's subnet, as a hardware address and as an interface id. */
const senders = Array.from({ length: mostHosts - 1 }, (_, at) => at + 2).map((host) => {
  const [high = 0, low = 0] = [host >> 8, host & 0xff]
  return `00:00:00:00:${high.toString(16)}:${low.toString(16)} . ::${host.toString(16)}`
})

export function ruleset(
  { table, bridgePrefix }: Firewall,
  { groups, resolvers, prefix6 }: FirewallState,
): string {
  const ours = `"${bridgePrefix}*"`
  const elements = (values: readonly string[]) =>
    values.length === 0 ? '' : `elements = { ${values.join(', ')} }`
  const [resolvers6 = [], resolvers4 = []] = [true, false].map((isSix) =>
    resolvers.filter((server) => server.includes(':') === isSix),
  )
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
  set subnets6 {
    type ipv6_addr
    flags interval
    ${elements(prefix6 === null ? [] : [`${prefix6}::/48`])}
  }
  set senders6 {
    typeof iifname . ip6 saddr
    ${elements(groups.flatMap((group) => (group.subnet6 === null ? [] : `"${group.bridge}" . ${group.subnet6}`)))}
  }
  set numbers6 {
    typeof ether saddr . ip6 saddr
    ${elements(prefix6 === null ? [] : senders)}
  }
  set resolvers {
    type ipv4_addr
    ${elements(resolvers4)}
  }
  set resolvers6 {
    type ipv6_addr
    ${elements(resolvers6)}
  }
  set linked {
    type ipv4_addr . ipv4_addr
  }
  set linked6 {
    type ipv6_addr . ipv6_addr
  }
  chain entry {
    type filter hook prerouting priority raw; policy accept;
    iifname ${ours} meta nfproto ipv6 jump entry6
  }
  chain entry6 {
    iifname . ip6 saddr & ffff:ffff:ffff:ffff:: != @senders6 drop
    ether saddr & 00:00:00:00:03:ff . ip6 saddr & ::ffff:ffff:ffff:ffff != @numbers6 drop
    icmpv6 type { nd-router-advert, nd-redirect } drop
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    ip6 daddr fe80::/10 drop
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
    ip6 saddr . ip6 daddr @linked6 accept
    oifname ${ours} drop
    ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 accept
    ip6 daddr @resolvers6 meta l4proto { tcp, udp } th dport 53 accept
    ip daddr 169.254.0.0/16 drop
    ip6 daddr { ${keyGivers6.join(', ')} } drop
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
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept
    ip6 daddr != ff00::/8 icmpv6 type echo-request accept
    ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 accept
    ip6 daddr @resolvers6 meta l4proto { tcp, udp } th dport 53 accept
    drop
  }
  chain outbound {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr @subnets oifname != ${ours} oifname != "lo" masquerade
    ip6 saddr @subnets6 oifname != ${ours} oifname != "lo" masquerade
  }
}
`
}

async function nft(commands: CommandRunner, input: string): Promise<void> {
  await commands.run(command('nft', '-f', '-'), { input, timeoutMs: 20_000 })
}
