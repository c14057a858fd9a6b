import { setTimeout as sleep } from 'node:timers/promises'
import type { InstanceView } from '@berth/observe'
import { cliError } from './errors.ts'
import { print } from './output.ts'
import { remote } from './remote.ts'

const lookEveryMs = 300
/** Draining, stopping and starting take at most about a minute and a half by themselves. */
const patienceMs = 3 * 60_000

export type Wanted = {
  app: string
  /** For the message where it does not come about in time. */
  what: string
  isSo(instances: readonly InstanceView[]): boolean
  /** An instance among these that crashes again and again ends the wait. */
  concerns(instance: InstanceView): boolean
  quiet?: boolean
}

/** Looks at an app's instances until they are as wanted, and prints what changes. @throws CLI.NOT_IN_TIME, CLI.INSTANCE_CRASHES */
export async function untilInstances(wanted: Wanted): Promise<void> {
  const client = await remote()
  await untilSeen(() => client.instances.list.query({ app: wanted.app }), wanted, { lookEveryMs, patienceMs })
}

/** Null: nobody can say at the moment. */
type Look = () => Promise<readonly InstanceView[] | null>

export async function untilSeen(
  look: Look,
  { app, what, isSo, concerns, quiet }: Wanted,
  times: { lookEveryMs: number; patienceMs: number },
): Promise<void> {
  const until = Date.now() + times.patienceMs
  const told = new Map<string, string>()
  for (;;) {
    const instances = await look()
    if (instances !== null) {
      if (!quiet) tellChanges(instances.filter(concerns), told)
      if (isSo(instances)) return
      const crashed = instances.find((instance) => concerns(instance) && instance.state === 'crashed')
      if (crashed !== undefined) throw cliError['CLI.INSTANCE_CRASHES']({ app, name: crashed.name })
    }
    if (Date.now() > until) throw cliError['CLI.NOT_IN_TIME']({ what, seconds: times.patienceMs / 1_000 })
    await sleep(times.lookEveryMs)
  }
}

function tellChanges(instances: readonly InstanceView[], told: Map<string, string>): void {
  for (const { name, containerId, state } of instances) {
    const key = `${name} ${containerId}`
    if (told.get(key) !== state) print(`       ${name} ${state}`)
    told.set(key, state)
  }
}

/** Instances that are meant to be there. */
export function isWanted({ state }: InstanceView): boolean {
  return state !== 'stopping' && state !== 'stopped'
}
