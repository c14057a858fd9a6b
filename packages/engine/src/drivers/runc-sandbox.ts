import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { startFailed } from '../container/errors.ts'
import type { Group } from '../container/group-records.ts'
import { signalOfExitCode } from '../container/signals.ts'
import type { Networks } from '../network/networks.ts'
import { awaitExitFile } from '../sandbox/exit-file.ts'
import type { HostParts } from '../sandbox/host-parts.ts'
import { lineSplitter } from '../sandbox/line-splitter.ts'
import { missingMountPoints, removeStubs } from '../sandbox/mount-stubs.ts'
import { mountTargets, nameMountTargets, placeMounts } from '../sandbox/mount-targets.ts'
import { type OutputPipes, openOutputPipes } from '../sandbox/output-pipes.ts'
import { prepareSpec } from '../sandbox/prepare.ts'
import { signalProcess } from '../sandbox/process-life.ts'
import { openStepGroup } from '../sandbox/step-group.ts'
import { undoStack } from '../sandbox/undo-stack.ts'
import type { Sandbox, SandboxStep, StepExit, StepOutput, StepRunner } from '../sandbox.ts'
import { reached } from '../system/failure-points.ts'

/** Build steps go first when the machine's memory runs out. */
const stepOomScore = 500
export const stepIdPrefix = 'step-'

/**
 * Runs a step as a container whose output are our own pipes. Steps of all builds share the group `group()`, whose ports
 * on the bridge are isolated from each other. A worker that dies leaves the step running until the next one opens the
 * engine, which kills whatever the runtime still knows under `step-…`.
 */
export function runcSandbox(
  parts: HostParts,
  networks: () => Promise<Networks>,
  group: () => Promise<Group>,
): Sandbox {
  const runnerIn = (cgroupAbove: () => Promise<string | undefined>): StepRunner => ({
    async runStep(step, output, signal) {
      signal.throwIfAborted()
      const undo = undoStack()
      const above = await cgroupAbove()
      try {
        return await runStep({ parts, networks, group, undo, step, output, signal, cgroupAbove: above })
      } finally {
        await undo.run()
      }
    },
  })
  return {
    ...runnerIn(async () => undefined),
    together(limits) {
      const { name, end } = openStepGroup(parts, limits)
      return { ...runnerIn(name), end }
    },
  }
}

type StepRun = {
  parts: HostParts
  networks: () => Promise<Networks>
  group: () => Promise<Group>
  undo: ReturnType<typeof undoStack>
  step: SandboxStep
  output: StepOutput
  signal: AbortSignal
  /** That several steps share. */
  cgroupAbove: string | undefined
}

async function runStep(run: StepRun): Promise<StepExit> {
  const { parts, undo, step, signal, cgroupAbove } = run
  const id = `${stepIdPrefix}${randomBytes(8).toString('hex')}`
  const directory = `${parts.places.steps}/${id}`
  await mkdir(directory, { mode: 0o711 })
  undo.add(() => rm(directory, { recursive: true, force: true }))

  const network = await connect(run)
  const spec = await specOf(run, { id, directory, address: network.address })
  const targets = await mountTargets(await placeMounts(step.root, step.mounts))
  const stubs = await missingMountPoints(step.root, [...nameMountTargets, ...targets])
  undo.add(() => removeStubs(stubs))
  undo.add(() => rm(`${parts.places.exits}/${id}`, { force: true }))
  undo.add(() => parts.runtime.delete(id))

  const output = openOutputPipes()
  undo.add(async () => output.close())
  const { pid, monitorPid } = await parts.runtime.create({ id, directory, spec, output })
  reached('step created by runtime')
  undo.add(() => endOf(pid, output))
  await network.attach(pid)
  signal.throwIfAborted()
  const printed = forwardOutput(output, run.output)
  const guard = killWhenOver(pid, { signal, timeoutMs: step.limits.timeoutMs })
  await parts.runtime.start(id, pid)
  reached('step running')
  await output.over
  const code = await awaitExitFile(`${parts.places.exits}/${id}`, monitorPid)
  reached('step ended')
  guard.end()
  printed.end()
  signal.throwIfAborted()
  if (code === undefined) throw startFailed('its monitor was killed')
  const cgroup = cgroupAbove === undefined ? id : `${cgroupAbove}/${id}`
  return exitOf(parts, { cgroup, code, timedOut: guard.timedOut() })
}

async function connect({ networks, group, step, undo }: StepRun) {
  if (step.network === 'none') return { address: null, attach: async () => undefined }
  const opened = await networks()
  const reservation = await opened.reserve(await group())
  undo.add(async () => opened.release(reservation))
  return {
    address: reservation.address,
    attach: (pid: number) => opened.attach(reservation, pid, { isolated: true }),
  }
}

async function specOf(
  { parts, networks, step, cgroupAbove }: StepRun,
  bundle: { id: string; directory: string; address: string | null },
) {
  const { memoryBytes, cpuWeight, pids } = step.limits
  return prepareSpec(parts, await networks(), {
    ...step,
    ...bundle,
    ...(cgroupAbove === undefined ? {} : { cgroupAbove }),
    limits: { memoryBytes, cpuWeight, pids, cpus: null },
    init: false,
    oomScore: stepOomScore,
    tellsHostname: false,
  })
}

function forwardOutput(pipes: OutputPipes, output: StepOutput) {
  const splitters = (['stdout', 'stderr'] as const).map((stream) => {
    const splitter = lineSplitter((line) => output(stream, line))
    pipes[stream].on('data', (bytes: Buffer) => splitter.push(bytes))
    return splitter
  })
  return {
    end() {
      for (const splitter of splitters) splitter.end()
    },
  }
}

/** Killing the first process of a pid namespace ends all of it. */
function killWhenOver(pid: number, { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number }) {
  let timedOut = false
  const kill = () => signalProcess(pid, 'SIGKILL')
  // Node's timers hold 2^31 ms at most.
  const timer = setTimeout(
    () => {
      timedOut = true
      kill()
    },
    Math.min(timeoutMs, 2 ** 31 - 1),
  )
  signal.addEventListener('abort', kill, { once: true })
  return {
    timedOut: () => timedOut,
    end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', kill)
    },
  }
}

/** Where starting it failed half-way: nothing may be left, and the monitor must be gone before its files are. */
async function endOf(pid: number, output: OutputPipes): Promise<void> {
  if (!output.stdout.closed || !output.stderr.closed) signalProcess(pid, 'SIGKILL')
  output.stdout.resume()
  output.stderr.resume()
  await output.over
}

async function exitOf(
  { places, cgroups }: HostParts,
  { cgroup, code, timedOut }: { cgroup: string; code: number; timedOut: boolean },
): Promise<StepExit> {
  const outOfMemory = code !== 0 && (await cgroups.oomKills(`${places.cgroupParent}/${cgroup}`)) > 0
  return { code, signal: signalOfExitCode(code), outOfMemory, timedOut }
}
