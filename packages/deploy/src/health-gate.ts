import { setTimeout as sleep } from 'node:timers/promises'
import { type Healthcheck, instanceName, tell, web } from '@berth/domain'
import type { Container } from '@berth/engine'
import { untilAccepted } from './accepts-connection.ts'
import { deployError } from './errors.ts'
import { ask, checkTitle } from './health/ask.ts'
import { askedOf } from './health/asked-of.ts'
import { checksOf } from './health/checks-of.ts'
import { untilPassed } from './health/until-passed.ts'
import type { Slot } from './instance.ts'
import { listenersOf, listeningHint, publishedHint } from './listening.ts'
import { subjectOf, type Undertaking } from './undertaking.ts'

/**
 * Waits until an instance is healthy, probed from outside without any fixed wait:
 * - web: something accepts a connection on its port, whatever else is asked: a route would lead nowhere before.
 * - The startup checks of its type have all passed; for a deployment those of readiness as well, because the route is
 *   switched next. What a check asks must listen first: waiting for that is no attempt.
 * - Without checks and without a port: it ran for a moment.
 * Returns false as soon as the container has ended: why is told by whoever looks next.
 * @throws DEPLOY.NEVER_LISTENED, DEPLOY.UNHEALTHY, or the signal's reason
 */
export async function untilHealthy(
  undertaking: Undertaking,
  { containerId, untilReady, ...slot }: Slot & { containerId: string; untilReady: boolean },
  signal: AbortSignal,
): Promise<boolean> {
  const { engine } = undertaking
  const over = new AbortController()
  const container = await engine.containers.get(containerId)
  if (container.state === 'exited') return false
  const ended = engine.containers.wait(containerId, AbortSignal.any([over.signal, signal])).then(() => false)
  const candidate = { undertaking, slot, container, untilReady }
  const healthy = passing(candidate, AbortSignal.any([over.signal, signal]))
  try {
    return await Promise.race([ended, healthy.then(() => true)])
  } finally {
    over.abort()
    // Whichever lost the race ends by that.
    for (const lost of [ended, healthy]) lost.catch(() => undefined)
  }
}

type Candidate = { undertaking: Undertaking; slot: Slot; container: Container; untilReady: boolean }

async function passing(candidate: Candidate, signal: AbortSignal): Promise<void> {
  const { undertaking, slot } = candidate
  const checks = checksOf(subjectOf(undertaking), slot.type)
  const { startup } = checks
  const readiness = candidate.untilReady ? checks.readiness : []
  if (slot.type === web) await listening(candidate, subjectOf(undertaking).port, { checks: startup, signal })
  else if (startup.length + readiness.length + portsOf(candidate).length === 0)
    await settled(candidate, signal)
  await portsOpen(candidate, signal)
  await allPassed(candidate, startup, signal)
  await allPassed(candidate, readiness, signal)
}

/** Where its app's ports lead to. */
function portsOf({ undertaking, slot }: Candidate): number[] {
  return undertaking.route.ports().flatMap(({ type, port }) => (type === slot.type ? [port] : []))
}

/** A deployment takes them for part of being ready. Where nobody waits, one that stays closed keeps nothing else from going on. */
const patienceForPortsMs = 10_000

async function portsOpen(candidate: Candidate, signal: AbortSignal): Promise<void> {
  const { address } = candidate.container
  await Promise.all(
    portsOf(candidate).map(async (port) => {
      if (candidate.untilReady)
        return await listening(candidate, port, { checks: [], signal, hint: publishedHint })
      const soon = AbortSignal.any([AbortSignal.timeout(patienceForPortsMs), signal])
      if (address !== null) await untilAccepted({ address, port }, soon)
      signal.throwIfAborted()
    }),
  )
}

/** Side by side; the first that fails ends the others. */
async function allPassed(
  candidate: Candidate,
  checks: readonly Healthcheck[],
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  try {
    await Promise.all(
      checks.map((check) => checkPassed(candidate, check, AbortSignal.any([over.signal, signal]))),
    )
  } finally {
    over.abort()
  }
}

async function checkPassed(candidate: Candidate, check: Healthcheck, signal: AbortSignal): Promise<void> {
  const { undertaking, slot, container } = candidate
  const { probe } = check
  const asked = askedOf(undertaking, container)
  await sleep(Math.max(0, earliestMs(check) - ranMs(container)), undefined, { signal })
  if (probe.kind === 'http' || probe.kind === 'listening') {
    await listening(candidate, probe.port ?? asked.port, { checks: [check], signal })
  }
  if (probe.kind === 'listening') return
  const instance = instanceName(slot.type, slot.index)
  const last = await untilPassed(check, {
    ask: () => ask(asked, check),
    signal,
    failed: (attempt, { told }) =>
      tell(undertaking.sink, {
        kind: 'check',
        step: instance,
        check: checkTitle(check),
        ...{ attempt, of: check.attempts, told },
      }),
  })
  if (last === null) return
  throw deployError['DEPLOY.UNHEALTHY']({
    instance,
    check: checkTitle(check),
    attempts: check.attempts,
    told: last.told,
    hint: last.hint,
  })
}

/** When it can pass at the earliest, from the container's start on. */
function earliestMs({ initialDelayMs, probe }: Healthcheck): number {
  return probe.kind === 'uptime' ? Math.max(initialDelayMs, probe.uptimeMs) : initialDelayMs
}

/** Where nobody waits there is more time: after a reboot everything starts at once. */
const patienceOfKeeping = 5

/** For a minute, or for as long as the checks themselves have patience. */
async function listening(
  { undertaking, slot, container, untilReady }: Candidate,
  port: number,
  {
    checks,
    signal,
    hint = listeningHint,
  }: { checks: readonly Healthcheck[]; signal: AbortSignal; hint?: typeof listeningHint },
): Promise<void> {
  const { healthTimeoutMs } = undertaking.times
  const withoutChecksMs = untilReady ? healthTimeoutMs : healthTimeoutMs * patienceOfKeeping
  const timeoutMs = Math.max(withoutChecksMs, ...checks.map(patienceMs))
  const tooLate = AbortSignal.timeout(timeoutMs)
  const { address } = container
  const accepted =
    address !== null && (await untilAccepted({ address, port }, AbortSignal.any([tooLate, signal])))
  if (accepted) return
  signal.throwIfAborted()
  const listeners = container.pid === null ? [] : await listenersOf(container.pid)
  throw deployError['DEPLOY.NEVER_LISTENED']({
    instance: instanceName(slot.type, slot.index),
    port,
    timeoutMs,
    listening: hint(listeners, port),
  })
}

/** What Node's timers hold is less than what somebody may write. */
function patienceMs(check: Healthcheck): number {
  return Math.min(check.initialDelayMs + check.attempts * check.waitMs, 24 * 60 * 60_000)
}

async function settled({ undertaking, container }: Candidate, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, undertaking.times.settleMs - ranMs(container)), undefined, { signal })
}

function ranMs({ startedAt }: Container): number {
  return Math.max(0, Date.now() - (startedAt ?? new Date()).getTime())
}
