import { type CommandRunner, command } from '@berth/command'
import { z } from 'zod'

/**
 * Other tables of the machine that drop what is routed unless a rule of theirs lets it through, as Docker's and ufw's
 * do: then containers have no way out, and no rule of ours can give them one. Those tables belong to someone else, who
 * writes them anew at any time, so nothing is put into them; it is said instead.
 */
export async function warnOfDroppedForwarding(
  commands: CommandRunner,
  own: { table: string; bridgePrefix: string },
  { hasIpv6 }: { hasIpv6: boolean },
): Promise<void> {
  const { stdout, status } = await commands.run(command('nft', '-j', 'list', 'chains'), {
    timeoutMs: 20_000,
    okStatuses: [0, 1],
  })
  const families = hasIpv6 ? ['ip', 'ip6', 'inet'] : ['ip', 'inet']
  const tables = status === 0 ? droppingTables(stdout, own.table, families) : []
  if (tables.length === 0) return
  process.emitWarning(
    `The machine's firewall (${tables.join(', ')}) drops routed packets: containers reach nothing outside unless it accepts what comes in by ${own.bridgePrefix}* (for Docker: iptables, and ip6tables, -I DOCKER-USER -i ${own.bridgePrefix}+ -j ACCEPT).`,
    'BerthContainers',
  )
}

const chain = z.object({
  family: z.string(),
  table: z.string(),
  hook: z.string().optional(),
  policy: z.string().optional(),
})
const listing = z.object({ nftables: z.array(z.object({ chain: chain.optional() })) })

/** `ip filter`. Source of the format: libnftables-json(5). */
export function droppingTables(json: string, ownTable: string, families: readonly string[]): string[] {
  const chains = listing.parse(JSON.parse(json)).nftables.flatMap((each) => each.chain ?? [])
  const dropping = chains.filter(
    ({ family, table, hook, policy }) =>
      families.includes(family) && hook === 'forward' && policy === 'drop' && table !== ownTable,
  )
  return [...new Set(dropping.map(({ family, table }) => `${family} ${table}`))]
}
