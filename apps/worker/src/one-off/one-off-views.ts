import { label, readOneOff } from '@berth/deploy'
import { instanceName } from '@berth/domain'
import type { Container } from '@berth/engine'
import type { OneOffView } from '@berth/observe'
import type { Parts } from '../parts.ts'

/** What runs beside an app's instances, by name. */
export async function oneOffViews({ engine }: Pick<Parts, 'engine'>, appId: string): Promise<OneOffView[]> {
  const containers = await engine.containers.list({ [label.app]: appId })
  return containers
    .flatMap(viewOf)
    .sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }))
}

function viewOf(container: Container): OneOffView[] {
  const oneOff = readOneOff(container)
  if (oneOff === undefined) return []
  const { type, index, kind, releaseVersion, containerId, timeoutMs } = oneOff
  const { startedAt, state } = container
  return [
    {
      ...{ name: instanceName(type, index), kind, releaseVersion, containerId },
      state: state === 'created' ? 'starting' : state === 'exited' ? 'stopped' : 'running',
      startedAt: startedAt?.toISOString() ?? null,
      endsAt: startedAt && new Date(startedAt.getTime() + timeoutMs).toISOString(),
    },
  ]
}
