import type { DeathView, LimitsView, MachineBounds, ProcessView } from '@berth/api'
import type { InstanceView, OneOffView } from '@berth/observe'
import { trpc } from '../../live/trpc.ts'

/** What the page of processes shows. Null: the worker does not answer. */
export type Now = {
  processes: ProcessView[]
  limits: LimitsView[]
  bounds: MachineBounds
  instances: InstanceView[] | null
  deaths: DeathView[]
  oneOffs: OneOffView[] | null
}

export async function readNow(app: string, bounds: MachineBounds): Promise<Now> {
  const [processes, limits, instances, deaths, oneOffs] = await Promise.all([
    trpc.processes.list.query({ app }),
    trpc.limits.list.query({ app }),
    trpc.instances.list.query({ app }),
    trpc.instances.deaths.query({ app, limit: 10 }),
    trpc.oneOffs.list.query({ app }),
  ])
  return { processes, limits, bounds, instances, deaths, oneOffs }
}

/** One process type with all that belongs to it. */
export type TypeNow = {
  process: ProcessView
  limits: LimitsView
  /** Those of the live release, in the order of their numbers. */
  instances: InstanceView[]
}

export function typesOf({ processes, limits, instances }: Now): TypeNow[] {
  return processes.map((process) => ({
    process,
    limits: limits.find(({ type }) => type === process.type) ?? unsaid(process.type),
    instances: (instances ?? [])
      .filter(({ processType }) => processType === process.type)
      .toSorted((one, other) => numberOf(one.name) - numberOf(other.name)),
  }))
}

function unsaid(type: string): LimitsView {
  return { type, memoryBytes: 0, cpus: null, isDefault: true }
}

function numberOf(name: string): number {
  return Number(name.split('.').at(-1))
}
