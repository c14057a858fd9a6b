import { inNetworkOf } from '../../system/namespaces.ts'
import { type NetlinkSocket, nameOfErrno, openNetlinkSocket } from '../../system/netlink-socket.ts'
import { askLink, indexOf } from './link-messages.ts'
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
  /** What the kernel answers besides that it is done. @throws an error with the kernel's code, EEXIST for one */
  ask(request: Request): Buffer[]
  /** The index of a link. @throws ENODEV */
  indexOf(name: string): number
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

function configurationOver(socket: NetlinkSocket): NetworkConfiguration {
  let sequence = 0

  const ask = (request: Request): Buffer[] => {
    sequence += 1
    socket.send(encodeRequest(request, sequence))
    const payloads: Buffer[] = []
    for (;;) {
      for (const answer of decodeAnswers(socket.receive())) {
        if (answer.sequence !== sequence) continue
        if (answer.type === answerError || answer.type === answerDone) {
          assertDone(answer)
          return payloads
        }
        payloads.push(answer.payload)
      }
    }
  }
  return { ask, indexOf: (name) => indexOf(ask(askLink(name))[0] ?? Buffer.alloc(8)) }
}

function assertDone(answer: Answer): void {
  const { errno, text } = decodeError(answer)
  if (errno === 0) return
  const code = nameOfErrno(errno)
  const words = text === null ? code : `${code}: ${text}`
  throw Object.assign(new Error(`The kernel refused a change of the network: ${words}`), { code })
}
