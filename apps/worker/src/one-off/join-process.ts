import { execWords, label, oneOffError } from '@berth/deploy'
import { isBerthError } from '@berth/domain'
import type { Attachment, Container } from '@berth/engine'
import type { AttachBegin } from '@berth/observe'
import { beginOneOff, liveUndertaking, type OneOffParts } from './begin-one-off.ts'

/** A process that somebody is joined to. */
export type Joined = {
  /** run.1, web.1 */
  name: string
  attachment: Attachment
  /** What it left behind and still prints goes, where it goes with it; called when it has ended. */
  ended(): Promise<void>
  /** Nothing of it is left after this; once it was called, nothing more can be said to it. */
  remove(): Promise<void>
}

/** An attached session may last so long, however busy it is; as on Heroku. */
export const longestSessionMs = 24 * 60 * 60_000

/**
 * Begins what a session asks for. A one-off instance is an idle container in which the command runs as a further
 * process: that gives it true pipes, which hold it up while nobody reads, and it dies with this worker.
 * @throws ONE_OFF.…, RELEASE.…, CONTAINER.…
 */
export async function joinProcess(parts: OneOffParts, appId: string, begin: AttachBegin): Promise<Joined> {
  if (begin.what === 'exec') return joinInstance(parts, appId, begin)
  const command = begin.what === 'run' ? begin : await consoleCommand(parts, appId, begin)
  const { engine } = parts
  const wanted = {
    kind: 'attached' as const,
    command: { words: command.command, entrypoint: command.entrypoint },
    timeoutMs: longestSessionMs,
    cronRunId: null,
  }
  const { name, oneOff, words } = await beginOneOff(parts, appId, wanted)
  const { containerId } = oneOff
  const remove = () => engine.containers.remove(containerId)
  try {
    const attachment = await engine.containers.exec(containerId, { command: words, ...streamsOf(begin) })
    const ended = () => engine.containers.kill(containerId, 'SIGKILL').catch(unlessGone)
    return { name, attachment, ended, remove: () => attachment.close().finally(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}

async function joinInstance(parts: OneOffParts, appId: string, begin: AttachBegin): Promise<Joined> {
  const { containers } = parts.engine
  const name = begin.instance ?? ''
  const { subject } = await liveUndertaking(parts, appId)
  const { release } = subject
  const words = begin.command.length > 0 ? begin.command : [await shellOf(parts, release.imageDigest)]
  const command = execWords(subject, words, release.configuration)
  const container = await findInstance(parts, appId, name)
  const attachment = await containers.exec(container.id, { command, ...streamsOf(begin) })
  // What a command left behind in a running instance was meant to stay; its output is not waited for.
  return { name, attachment, ended: async () => undefined, remove: () => attachment.close() }
}

/** By its name, the live deployment's before one that is on its way out. @throws ONE_OFF.NO_INSTANCE */
async function findInstance(
  { engine, keeper }: OneOffParts,
  appId: string,
  name: string,
): Promise<Container> {
  const running = await engine.containers.list({ [label.app]: appId }, { states: ['running'] })
  const named = running.filter(({ labels }) => `${labels[label.process]}.${labels[label.index]}` === name)
  const live = keeper.keptApp(appId)?.keeping?.undertaking.subject?.deploymentId
  const found = named.find(({ labels }) => labels[label.deployment] === live) ?? named.at(-1)
  if (found === undefined) throw oneOffError['ONE_OFF.NO_INSTANCE']({ instance: name })
  return found
}

/** The Procfile's `console:`, else the best shell that the image has. */
async function consoleCommand(
  parts: OneOffParts,
  appId: string,
  begin: AttachBegin,
): Promise<Pick<AttachBegin, 'command' | 'entrypoint'>> {
  const { release } = (await liveUndertaking(parts, appId)).subject
  if (release.processes.some(({ type }) => type === consoleType)) {
    return { command: [consoleType], entrypoint: begin.entrypoint }
  }
  return { command: [await shellOf(parts, release.imageDigest)], entrypoint: false }
}

/** @throws ONE_OFF.NO_SHELL */
async function shellOf({ engine }: OneOffParts, imageDigest: string): Promise<string> {
  for (const shell of shells) if (await engine.images.hasProgram(imageDigest, shell)) return shell
  throw oneOffError['ONE_OFF.NO_SHELL']()
}

const consoleType = 'console'
const shells = ['bash', 'sh']

function streamsOf({ terminal, input }: AttachBegin) {
  return { terminal, openInput: input }
}

function unlessGone(error: unknown): void {
  if (!isBerthError(error, 'CONTAINER.NOT_RUNNING', 'CONTAINER.NOT_FOUND')) throw error
}
