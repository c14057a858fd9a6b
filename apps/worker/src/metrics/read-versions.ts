import { release } from 'node:os'
import { type CommandRunner, command } from '@berth/command'
import type { MachineView } from '@berth/observe'

export type Versions = MachineView['versions']

/** What the platform stands on, and how it is asked. Each prints its version among its first words. */
const programs = [
  { name: 'HAProxy', argv: ['haproxy', '-v'] },
  { name: 'crun', argv: ['crun', '--version'] },
  { name: 'runc', argv: ['runc', '--version'] },
  { name: 'conmon', argv: ['conmon', '--version'] },
  { name: 'nftables', argv: ['nft', '--version'] },
  { name: 'Git', argv: ['git', '--version'] },
] as const

/** Programs are upgraded now and then, underneath a worker that runs for months. */
const freshMs = 60 * 60_000

type Asked = { commands: CommandRunner; serverVersion: () => Promise<string> }

/** Asked when somebody looks, once an hour at most. What is not installed is left out: one of the two runtimes, mostly. */
export function openVersions(asked: Asked): () => Promise<Versions> {
  let last: { at: number; versions: Promise<Versions> } | undefined
  return () => {
    if (last === undefined || Date.now() - last.at > freshMs)
      last = { at: Date.now(), versions: readVersions(asked) }
    return last.versions
  }
}

async function readVersions({ commands, serverVersion }: Asked): Promise<Versions> {
  const postgres = serverVersion().then(versionIn, () => null)
  const found = await Promise.all(
    programs.map(async ({ name, argv }) => {
      const [program, ...words] = argv
      const asking = commands.run(command(program, ...words), { timeoutMs: 2_000, maxOutputBytes: 64 * 1024 })
      const said = await asking.catch(() => null)
      return said === null ? [] : [{ name, version: versionIn(said.stdout) }]
    }),
  )
  return [
    { name: 'Linux', version: versionIn(release()) },
    { name: 'Node.js', version: versionIn(process.version) },
    { name: 'PostgreSQL', version: await postgres },
    ...found.flat(),
  ]
}

/** `2.6.12-1+deb12u1` of `HAProxy version 2.6.12-1+deb12u1 2023/12/16 - …`: the first word that begins like one. */
export function versionIn(text: string): string | null {
  return /(?:^|[\sv])(\d+\.\d[\w.+~-]*)/.exec(text)?.[1]?.slice(0, 60) ?? null
}
