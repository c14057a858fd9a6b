import { inNetworkOf } from '../../system/namespaces.ts'
import { type NetlinkSocket, nameOfErrno, openNetlinkSocket } from '../../system/netlink-socket.ts'
import { askLink, type Link, readLink } from './link-messages.ts'
import {
  type Answer,
  answerDone,
  answerError,
  decodeAnswers,
  decodeError,
  encodeRequest,
  type Request,
} from './message.ts'

/** The configuration of one network namespace. Each call has been carried out when it returns. */
export type NetworkConfiguration = {
  /**
   * All of them in one message, because each costs a system call and its answer another: the kernel carries them out in
   * their order, and goes on behind one that it refuses. Returns what it answers besides that it is done.
   *
   * @throws the first refusal: an error with the kernel's code, EEXIST for one
   */
  ask(...requests: Request[]): Buffer[]
  /** A link as it is after these changes, all in one message. @throws as `ask`; ENODEV */
  link(name: string, ...changes: Request[]): Link
}

/** Of the machine, or of the namespace that `pid` is in. */
export function configureNetwork<Result>(
  pid: number | null,
  work: (network: NetworkConfiguration) => Result,
): Result {
  const socket = pid === null ? openNetlinkSocket() : inNetworkOf(pid, openNetlinkSocket)
  try {
    return work(configurationOver(socket))
  } finally {
    socket.close()
  }
}

export function configurationOver(socket: NetlinkSocket): NetworkConfiguration {
  let sequence = 0

  const ask = (...requests: Request[]): Buffer[] => {
    const first = sequence + 1
    sequence += requests.length
    // Only the last one is acknowledged: whatever is said of the others comes before.
    socket.send(
      Buffer.concat(
        requests.map((request, at) => encodeRequest(request, first + at, first + at === sequence)),
      ),
    )
    return answersTo(socket, { first, last: sequence })
  }
  const link = (name: string, ...changes: Request[]) => {
    const [answer] = ask(...changes, askLink(name))
    if (answer === undefined) throw new Error(`The kernel says nothing of the link ${name}.`)
    return readLink(answer)
  }
  return { ask, link }
}

function answersTo(socket: NetlinkSocket, requests: { first: number; last: number }): Buffer[] {
  const answers = [...answersOf(socket, requests)]
  const [refusal] = answers.filter(isOutcome).flatMap(refusalIn)
  if (refusal !== undefined) throw refusal
  return answers.filter((answer) => !isOutcome(answer)).map(({ payload }) => payload)
}

/** Until the last request's outcome is known. */
function* answersOf(socket: NetlinkSocket, { first, last }: { first: number; last: number }) {
  for (;;) {
    for (const answer of decodeAnswers(socket.receive())) {
      if (answer.sequence < first || answer.sequence > last) continue
      yield answer
      if (answer.sequence === last && isOutcome(answer)) return
    }
  }
}

function isOutcome({ type }: Answer): boolean {
  return type === answerError || type === answerDone
}

function refusalIn(answer: Answer): Error[] {
  const { errno, text } = decodeError(answer)
  if (errno === 0) return []
  const code = nameOfErrno(errno)
  const words = text === null ? code : `${code}: ${text}`
  return [Object.assign(new Error(`The kernel refused a change of the network: ${words}`), { code })]
}
