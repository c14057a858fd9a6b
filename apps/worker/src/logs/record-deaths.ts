import { type Instance, limitsOf, openMask, patiently, readInstance, taskType } from '@berth/deploy'
import { instanceName } from '@berth/domain'
import { type Container, type LogLine, readLog } from '@berth/engine'
import { cleanLine, type Death, sayDeath } from '@berth/observe'
import type { Keeper } from '../app/keeper.ts'
import type { Parts } from '../parts.ts'
import type { IncomingLogs } from './open-logs.ts'

const lineCount = 50
const longestLine = 1_000
const readWithinMs = 5_000
/** Of ends that are not recorded yet. What crashes that often crashes again. */
const mostWaiting = 200

/**
 * Records each end of an instance that nobody asked for, its being given up by a check among them, while its log is there,
 * and says in the app's log what came and went. Subscribed after the keeper, so that when it is started again is known here.
 */
export function watchInstances(
  parts: Pick<Parts, 'engine' | 'stores' | 'report'> & {
    keeper: Pick<Keeper, 'book' | 'facts'>
    incomingLogs: Pick<IncomingLogs, 'say'>
  },
): { close(): Promise<void> } {
  const { engine, keeper, incomingLogs, report } = parts
  let waiting = 0
  let work = Promise.resolve()

  const unsubscribe = engine.containers.subscribe(({ kind, container }) => {
    const instance = readInstance(container, keeper.facts)
    // The end of a task or of a one-off instance is told to whoever began it.
    if (instance === undefined || instance.type === taskType) return
    const { appId, releaseVersion: release } = instance
    const name = instanceName(instance.type, instance.index)
    if (kind === 'started') incomingLogs.say(appId, { text: `${name} started`, instance: name, release })
    const { exit } = container
    if (kind !== 'exited' || exit === null) return
    const atMs = exit.at.getTime()
    const givenUp = keeper.facts.givenUp.get(container.id)
    if (givenUp === undefined && keeper.facts.stopping.has(container.id)) {
      incomingLogs.say(appId, { text: `${name} stopped`, instance: name, release, atMs })
      return
    }
    const reason = givenUp ?? exit.reason ?? null
    const text = `${sayDeath(name, { ...exit, reason })}${restartWords(instance)}`
    incomingLogs.say(appId, { text, instance: name, release, isTrouble: true, atMs })
    if (waiting >= mostWaiting) return
    waiting += 1
    work = work
      .then(() => recordDeath(parts, instance, { container, reason }))
      .catch((error: unknown) => report(`recording the end of ${name}`, error))
      .finally(() => {
        waiting -= 1
      })
  })

  function restartWords({ appId, type, index }: Instance): string {
    const record = keeper.book.look(appId, { type, index })
    const restsMs = (record?.restingUntil ?? 0) - Date.now()
    return restsMs > 0 ? `, restarting in ${Math.max(1, Math.round(restsMs / 1_000))} s` : ''
  }

  return {
    async close() {
      unsubscribe()
      await work
    },
  }
}

async function recordDeath(
  { stores }: Pick<Parts, 'stores'>,
  instance: Instance,
  { container, reason }: { container: Container; reason: string | null },
): Promise<void> {
  const { exit } = container
  if (exit === null) return
  const lines = await lastLinesOf(container.logPath)
  const deployment = await patiently(() => stores.deployments.get(instance.deploymentId))
  const release = await patiently(() => stores.releases.get(deployment.releaseId))
  const mask = openMask(release.configuration)
  const death: Omit<Death, 'id'> = {
    appId: instance.appId,
    containerId: container.id,
    instance: instanceName(instance.type, instance.index),
    releaseVersion: instance.releaseVersion,
    ...{ code: exit.code, signal: exit.signal, outOfMemory: exit.outOfMemory, reason },
    peakMemoryBytes: exit.peakMemoryBytes ?? null,
    memoryLimitBytes: limitsOf(release, instance.type).memoryBytes,
    ...{ startedAt: container.startedAt, endedAt: exit.at },
    lastLines: lines.map(({ text }) => cleanLine(mask(text)).slice(0, longestLine)),
  }
  await patiently(() => stores.deaths.add(death))
}

/** From the file, which is there even where the container has been removed meanwhile. */
async function lastLinesOf(path: string): Promise<LogLine[]> {
  const signal = AbortSignal.timeout(readWithinMs)
  const lines: LogLine[] = []
  const query = { follow: false, tail: lineCount, since: null, signal }
  for await (const line of readLog(path, query, () => true)) lines.push(line)
  return lines.slice(-lineCount)
}
