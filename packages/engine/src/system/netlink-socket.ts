import koffi from 'koffi'

/**
 * A socket to the kernel's network configuration. It belongs to the network namespace in which it was opened, whoever
 * uses it from where. The kernel carries a request out before `send` returns, so an answer is there at once; the time
 * limit is for a kernel that has none to give. Errors are shaped like those of syscalls.ts.
 */
export type NetlinkSocket = {
  send(datagram: Buffer): void
  /** The next datagram. */
  receive(): Buffer
  close(): void
}

const libc = koffi.load('libc.so.6')
const native = {
  socket: libc.func('socket', 'int', ['int', 'int', 'int']),
  setsockopt: libc.func('setsockopt', 'int', ['int', 'int', 'int', 'const void *', 'uint32']),
  send: libc.func('send', 'long', ['int', 'const void *', 'size_t', 'int']),
  recv: libc.func('recv', 'long', ['int', 'void *', 'size_t', 'int']),
  close: libc.func('close', 'int', ['int']),
}

const family = 16
const rawCloseOnExec = 3 | 0x80000
const routeProtocol = 0
const socketLevel = 1
const receiveTimeout = 20
const netlinkLevel = 270
/** Errors come with words, and without a copy of the request. Kernel 4.12. */
const withWords = 11
const withoutRequest = 10
const answerWithinSeconds = 5
/** The kernel fills at most 32 KiB. Source: netlink_recvmsg's `max_recvmsg_len`. */
const roomBytes = 65_536

export function openNetlinkSocket(): NetlinkSocket {
  const descriptor = native.socket(family, rawCloseOnExec, routeProtocol)
  if (descriptor < 0) throw failure('socket')
  const option = (level: number, name: number, value: Buffer) => {
    if (native.setsockopt(descriptor, level, name, value, value.length) === 0) return
    const error = failure('setsockopt')
    native.close(descriptor)
    throw error
  }
  option(socketLevel, receiveTimeout, wholeSeconds(answerWithinSeconds))
  option(netlinkLevel, withWords, Buffer.from([1, 0, 0, 0]))
  option(netlinkLevel, withoutRequest, Buffer.from([1, 0, 0, 0]))
  const room = Buffer.alloc(roomBytes)
  return {
    send(datagram) {
      if (Number(native.send(descriptor, datagram, datagram.length, 0)) !== datagram.length) {
        throw failure('send')
      }
    },
    receive() {
      const length = Number(native.recv(descriptor, room, room.length, 0))
      if (length < 0) throw failure('recv')
      return Buffer.from(room.subarray(0, length))
    },
    close() {
      native.close(descriptor)
    },
  }
}

/** struct timeval of a 64-bit machine. */
function wholeSeconds(seconds: number): Buffer {
  const time = Buffer.alloc(16)
  time.writeBigInt64LE(BigInt(seconds), 0)
  return time
}

const errorNames = new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name]))

/** The name of a number that the kernel gives: `EEXIST`. */
export function nameOfErrno(errno: number): string {
  return errorNames.get(errno) ?? `errno ${errno}`
}

function failure(syscall: string): Error {
  const code = nameOfErrno(koffi.errno())
  return Object.assign(new Error(`${code}: ${syscall} (netlink)`), { code, syscall })
}
