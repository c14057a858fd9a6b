import { appendFileSync, mkdirSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { newContainerId } from '../container/container-name.ts'
import { containerError, execFailed, startFailed } from '../container/errors.ts'
import { notExecuted } from '../container/exec/not-executed.ts'
import { formatRecord } from '../container/log-lines.ts'
import { processWords } from '../container/process-words.ts'
import { followOutput } from '../container/read-log.ts'
import { nextRestart } from '../container/restart-policy.ts'
import { signalNumber, signalOfExitCode } from '../container/signals.ts'
import { unheard } from '../container/slot.ts'
import type { subscribers } from '../container/subscribers.ts'
import type {
  Attachment,
  Container,
  ContainerEvent,
  ContainerExit,
  ContainerProcess,
  ContainerSpec,
  ContainerStats,
  ExecSpec,
  Image,
  TerminalSize,
} from '../engine.ts'
import { fakeExec, fakeInput } from './fake-attachment.ts'
import { FakeFiles } from './fake-files.ts'
import { type FakeProcess, runFakeProgram } from './fake-program.ts'

type Made = {
  spec: ContainerSpec
  image: Image
  events: ReturnType<typeof subscribers>
  /** Another one for each run. */
  nextAddress(): string
}

/** One container that is an object, with a program of drivers/fake-program.ts where a real one has a process. */
export class FakeContainer {
  state: Container
  readonly spec: ContainerSpec
  readonly image: Image
  over = unheard()
  next = unheard()
  readonly gone = unheard()
  stopped = false
  readonly files = new FakeFiles()
  readonly #made: Made
  readonly #execs = new Set<FakeProcess>()
  #process: FakeProcess | null = null
  #input: Writable | null = null
  #address = ''
  #size: TerminalSize = { rows: 0, columns: 0 }
  #restart: NodeJS.Timeout | undefined

  constructor(made: Made) {
    this.#made = made
    this.spec = made.spec
    this.image = made.image
    this.state = createdContainer(made.spec, made.image)
    mkdirSync(made.spec.log.directory, { recursive: true })
    appendFileSync(this.state.logPath, '')
  }

  get isRunning(): boolean {
    return this.state.state === 'running' || this.state.state === 'paused'
  }

  get env(): Record<string, string> {
    return { ...this.image.config.env, ...this.spec.env }
  }

  change(
    kind: ContainerEvent['kind'],
    changes: Partial<Container>,
    more: Partial<ContainerEvent> = {},
  ): void {
    this.state = { ...this.state, ...changes }
    this.#made.events.emit({ kind, container: this.state, at: new Date(), ...more })
  }

  start(): Container {
    this.forgetRestart()
    if (this.isRunning) return this.state
    this.stopped = false
    this.state = { ...this.state, restarts: 0 }
    return this.#begin()
  }

  forgetRestart(): void {
    clearTimeout(this.#restart)
    this.state = { ...this.state, restartsAt: null }
  }

  send(signal: string): void {
    const number = signalNumber(signal)
    if (this.state.state === 'paused' && number === 9) this.state = { ...this.state, state: 'running' }
    if (this.state.state !== 'paused') this.#process?.kill(number)
  }

  exec(spec: ExecSpec): Attachment {
    this.assertRunning()
    if (spec.command.length === 0) throw execFailed('there is no command')
    if (spec.command[0]?.includes('no-such')) throw notExecuted(spec.command[0], 'not found in $PATH')
    const { attachment, process } = fakeExec(spec, { env: this.env, address: this.#address })
    this.#execs.add(process)
    const exec = { id: newContainerId(), command: spec.command }
    this.change('exec started', {}, { exec: { ...exec, code: null } })
    process.ended.then(({ code }) => {
      this.#execs.delete(process)
      this.change('exec ended', {}, { exec: { ...exec, code } })
    })
    return attachment
  }

  async attach(): Promise<Attachment> {
    const exit = this.next.promise
    let over = false
    exit
      .finally(() => {
        over = true
      })
      .catch(() => undefined)
    const following = await followOutput(this.state.logPath, () => over)
    return {
      input: this.#input,
      output: following.output,
      exit: quiet(exit.then(({ code, signal }) => ({ code, signal }))),
      resize: async (size) => {
        if (!this.spec.terminal) throw containerError['CONTAINER.NO_TERMINAL']()
        this.#size = size
      },
      signal: async (name) => this.send(name),
      close: async () => following.close(),
    }
  }

  stats(): ContainerStats {
    const { memoryBytes, pids } = this.spec.limits
    const nothing = { readBytes: 0, writtenBytes: 0, reads: 0, writes: 0 }
    const silent = { receivedBytes: 0, receivedPackets: 0, sentBytes: 0, sentPackets: 0 }
    return {
      ...{ at: new Date(), cpuTimeMs: 10, cpus: 2 },
      ...{ memoryBytes: 10_000_000, memoryCacheBytes: 0, memoryLimitBytes: memoryBytes },
      ...{ pids: 1 + this.#execs.size, pidsLimit: pids },
      ...{ network: this.spec.network === 'none' ? null : silent, blockIo: nothing, pressure: null },
    }
  }

  processes(): ContainerProcess[] {
    const { pid, startedAt } = this.state
    const command = processWords(this.spec, this.image.config)
    const first = { pid: 1, hostPid: pid ?? 0, parentPid: 0, uid: 0, state: 'S' }
    return [{ ...first, startedAt: startedAt ?? new Date(), cpuTimeMs: 10, memoryBytes: 10_000_000, command }]
  }

  assertRunning(): void {
    const { id, state } = this.state
    if (!this.isRunning) throw containerError['CONTAINER.NOT_RUNNING']({ id })
    if (state === 'paused') throw containerError['CONTAINER.PAUSED']({ id })
  }

  #begin(): Container {
    const words = this.spec.idle ? ['idle'] : processWords(this.spec, this.image.config)
    if (words.length === 0) throw startFailed('neither the image nor the request names a command')
    if (words[0]?.includes('no-such'))
      throw containerError['CONTAINER.PROGRAM_NOT_FOUND']({ program: words[0] })
    this.#address = this.#made.nextAddress()
    const { input, lines } = fakeInput()
    this.#input = this.spec.openInput ? input : null
    if (this.state.exit !== null) this.over = unheard()
    this.#process = runFakeProgram({
      ...{ words, env: this.env, address: this.#address, size: () => this.#size },
      ...(this.spec.openInput ? { input: lines } : {}),
      print: (stream, text) => appendFileSync(this.state.logPath, formatRecord(stream, text, new Date())),
    })
    this.change('started', {
      state: 'running',
      address: this.spec.network === 'bridge' ? this.#address : null,
      address6: null,
      pid: 100_000 + Number(this.#address.split('.')[3]),
      startedAt: new Date(),
      exit: null,
    })
    this.#process.ended.then((end) => this.#ended(end))
    return this.state
  }

  #ended({ code, outOfMemory }: { code: number; outOfMemory: boolean }): void {
    const exit = {
      code,
      signal: signalOfExitCode(code),
      outOfMemory,
      at: new Date(),
      peakMemoryBytes: 1024 * 1024,
    }
    this.#process = null
    for (const process of this.#execs) process.kill(9)
    this.change('exited', { state: 'exited', address: null, address6: null, pid: null, exit })
    this.over.resolve(exit)
    this.next.resolve(exit)
    this.next = unheard()
    this.#restartLater(exit)
  }

  #restartLater(exit: ContainerExit): void {
    const { restart: policy } = this.spec
    const { restarts = 0, startedAt } = this.state
    if (policy === undefined) return
    const ranMs = exit.at.getTime() - (startedAt ?? exit.at).getTime()
    const planned = nextRestart({ policy, exit, stopped: this.stopped, restarts, ranMs })
    if (planned === null) return
    const restartsAt = new Date(Date.now() + planned.afterMs)
    this.change('restarting', { restarts: planned.restarts, restartsAt })
    this.#restart = setTimeout(() => {
      this.state = { ...this.state, restartsAt: null }
      this.#begin()
    }, planned.afterMs).unref()
  }
}

function createdContainer(spec: ContainerSpec, image: Image): Container {
  const id = newContainerId()
  return {
    id,
    name: spec.name,
    group: spec.group,
    labels: spec.labels,
    image: image.digest,
    state: 'created',
    address: null,
    address6: null,
    pid: null,
    logPath: `${spec.log.directory}/${id}.log`,
    createdAt: new Date(),
    startedAt: null,
    exit: null,
  }
}

/** Nobody need wait for it. */
function quiet<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined)
  return promise
}
