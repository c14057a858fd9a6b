import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { ExecSpec } from '../../engine.ts'
import { capabilitySets } from '../../sandbox/capabilities.ts'
import { assertWords, processEnvironment } from '../../sandbox/environment.ts'
import { resolveUser } from '../../sandbox/resolve-user.ts'
import type { Slot } from '../slot.ts'

/** As the runtime specification's `process`: what stands here is looked at, everything else is the container's own. */
const bundleConfig = z.object({
  process: z.looseObject({
    env: z.array(z.string()),
    cwd: z.string(),
    user: z.looseObject({ uid: z.number(), gid: z.number() }),
    noNewPrivileges: z.boolean(),
  }),
})

export type ExecProcess = ReturnType<typeof withWords>

/**
 * What the runtime is told of a further process: like the container's first one, but for the words that were given.
 *
 * @throws CONTAINER.START_FAILED: no such user, or words and variables that no process can have
 */
export async function execProcess(slot: Slot, pid: number, spec: ExecSpec): Promise<ExecProcess> {
  assertWords(spec.command)
  const { process } = bundleConfig.parse(JSON.parse(await readFile(`${slot.directory}/config.json`, 'utf8')))
  return withWords(process, spec, await userOf(slot, pid, spec, process))
}

type BundleProcess = z.infer<typeof bundleConfig>['process']

function withWords(
  process: BundleProcess,
  spec: ExecSpec,
  as: Pick<BundleProcess, 'user' | 'env'> & { capabilities: unknown },
) {
  const size = spec.terminal ?? null
  return {
    ...process,
    ...as,
    args: spec.command,
    cwd: absolute(spec.workingDirectory ?? process.cwd),
    terminal: size !== null,
    ...(size === null ? {} : { consoleSize: { width: size.columns, height: size.rows } }),
  }
}

async function userOf(slot: Slot, pid: number, spec: ExecSpec, process: BundleProcess) {
  const { user, env, capabilities } = process
  const given = Object.entries(environmentOf(slot, spec))
  if (spec.user === undefined) {
    const own = env.filter((line) => !given.some(([name]) => line.startsWith(`${name}=`)))
    return { user, env: [...own, ...given.map(([name, value]) => `${name}=${value}`)], capabilities }
  }
  const found = await resolveUser(`/proc/${pid}/root`, spec.user)
  const { spec: made, image, id } = slot.record
  const hostname = made.hostname ?? id.slice(0, 12)
  const all = processEnvironment(
    { ...image.env, ...made.env, ...Object.fromEntries(given) },
    { home: found.home, hostname },
  )
  return {
    user: { uid: found.uid, gid: found.gid, additionalGids: found.groups, umask: 0o022 },
    env: Object.entries(all).map(([name, value]) => `${name}=${value}`),
    capabilities: capabilitySets(found.uid),
  }
}

/** A program on a terminal asks which one: every emulator that people use understands this. */
function environmentOf(slot: Slot, spec: ExecSpec): Readonly<Record<string, string>> {
  const wantsTerm = (spec.terminal ?? null) !== null && slot.record.spec.env.TERM === undefined
  const given = { ...(wantsTerm ? { TERM: 'xterm' } : undefined), ...spec.env }
  // For its complaints alone.
  processEnvironment(given, { home: '/', hostname: '' })
  return given
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}
