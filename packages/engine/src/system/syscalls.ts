import { closeSync } from 'node:fs'
import koffi from 'koffi'

/**
 * The few system calls that Node lacks, called on the calling thread. Each throws an error shaped like Node's own:
 * `code` ('EPERM'), `syscall`, `path`. Nothing here follows the last link of a path but `mount` and `umount`.
 *
 * The newer calls go through syscall(2) by number, because Debian 11's and Ubuntu 22.04's libc have no names for them;
 * their numbers are the same on every architecture (include/uapi/asm-generic/unistd.h).
 */

export type PathLike = string | Buffer

const libc = koffi.load('libc.so.6')
const path = 'const void *'
const native = {
  mount: libc.func('mount', 'int', [path, path, 'str', 'ulong', path]),
  umount2: libc.func('umount2', 'int', [path, 'int']),
  mknod: libc.func('mknod', 'int', [path, 'uint32', 'uint64']),
  flock: libc.func('flock', 'int', ['int', 'int']),
  pipe2: libc.func('pipe2', 'int', ['void *', 'int']),
  lgetxattr: libc.func('lgetxattr', 'long', [path, 'str', 'void *', 'size_t']),
  lsetxattr: libc.func('lsetxattr', 'int', [path, 'str', 'const void *', 'size_t', 'int']),
  lremovexattr: libc.func('lremovexattr', 'int', [path, 'str']),
  llistxattr: libc.func('llistxattr', 'long', [path, 'void *', 'size_t']),
  openTree: libc.func('syscall', 'long', ['long', 'long', path, 'ulong']),
  moveMount: libc.func('syscall', 'long', ['long', 'long', path, 'long', path, 'ulong']),
  mountSetattr: libc.func('syscall', 'long', ['long', 'long', path, 'ulong', 'const void *', 'size_t']),
  openat2: libc.func('syscall', 'long', ['long', 'long', path, 'const void *', 'size_t']),
  unlockpt: libc.func('unlockpt', 'int', ['int']),
  ioctlWord: libc.func('ioctl', 'int', ['int', 'ulong', 'long']),
  ioctlBytes: libc.func('ioctl', 'int', ['int', 'ulong', 'const void *']),
  socket: libc.func('socket', 'int', ['int', 'int', 'int']),
  connect: libc.func('connect', 'int', ['int', 'const void *', 'uint32']),
  send: libc.func('send', 'long', ['int', 'const void *', 'size_t', 'int']),
  recv: libc.func('recv', 'long', ['int', 'void *', 'size_t', 'int']),
  shutdown: libc.func('shutdown', 'int', ['int', 'int']),
  quotactl: libc.func('quotactl', 'int', ['uint32', path, 'uint32', 'void *']),
  quotactlFd: libc.func('syscall', 'long', ['long', 'long', 'long', 'uint32', 'void *']),
}
const number = { openTree: 428, moveMount: 429, openat2: 437, mountSetattr: 442, quotactlFd: 443 }

export const mountFlag = { readOnly: 1, noSuid: 2, noDevices: 4, noExec: 8, bind: 0x1000, recursive: 0x4000 }
export const propagation = { private: 1 << 18, slave: 1 << 19 }

const currentDirectory = -100
const cloneTree = 1
const closeOnExec = 0x80000
const emptyPath = 0x1000
const fromEmptyPath = 4
const attributeReadOnly = 1n
const attributeNoSuid = 2n
const attributeNoDevices = 4n
const attributeIdMap = 0x100000n
const detach = 2
const noFollow = 8

export function mount(options: {
  source: string
  target: PathLike
  type: string
  flags?: number
  /** At most a page, 4,095 bytes. */
  data?: string
}): void {
  const { source, target, type, flags = 0, data = '' } = options
  const status = native.mount(terminated(source), terminated(target), type, flags, terminated(data))
  if (status !== 0) fail('mount', target)
}

/** Takes the mount away at once; what still uses it keeps it until it lets go. The last link is not followed. */
export function unmount(target: PathLike): void {
  if (native.umount2(terminated(target), detach | noFollow) !== 0) fail('umount2', target)
}

/** A copy of the mount at `source`, mounted nowhere yet: a descriptor that the caller closes. */
export function openTree(source: PathLike): number {
  const flags = cloneTree | closeOnExec
  const descriptor = Number(native.openTree(number.openTree, currentDirectory, terminated(source), flags))
  if (descriptor < 0) fail('open_tree', source)
  return descriptor
}

/**
 * Maps the ids of a mount that is mounted nowhere yet, and makes it read-only, or else blind to devices and set-uid
 * bits. Kernel 5.12, overlayfs on it 5.19.
 */
export function mapMountIds(tree: number, userNamespace: number, { readOnly = true } = {}): void {
  const attributes = Buffer.alloc(32)
  const others = readOnly ? attributeReadOnly : attributeNoSuid | attributeNoDevices
  attributes.writeBigUInt64LE(attributeIdMap | others, 0)
  attributes.writeBigUInt64LE(BigInt(userNamespace), 24)
  const status = native.mountSetattr(
    number.mountSetattr,
    tree,
    terminated(''),
    emptyPath,
    attributes,
    attributes.length,
  )
  if (Number(status) !== 0) fail('mount_setattr', '')
}

export function moveMount(tree: number, target: PathLike): void {
  const status = native.moveMount(
    number.moveMount,
    tree,
    terminated(''),
    currentDirectory,
    terminated(target),
    fromEmptyPath,
  )
  if (Number(status) !== 0) fail('move_mount', target)
}

const kindBits = { fifo: 0o010000, character: 0o020000 }

/** A named pipe, or a character device 0:0: overlayfs's word for "deleted". The mode is subject to the umask. */
export function makeNode(target: PathLike, kind: 'fifo' | 'whiteout', mode: number): void {
  const bits = kind === 'fifo' ? kindBits.fifo : kindBits.character
  if (native.mknod(terminated(target), bits | (mode & 0o7777), 0) !== 0) fail('mknod', target)
}

/** Null: there is no such attribute, or the file system has none at all. */
export function getAttribute(target: PathLike, name: string): Buffer | null {
  const room = Buffer.alloc(65_536)
  const size = Number(native.lgetxattr(terminated(target), name, room, room.length))
  if (size >= 0) return Buffer.from(room.subarray(0, size))
  return absentOrFail('lgetxattr', target)
}

export function setAttribute(target: PathLike, name: string, value: Uint8Array): void {
  if (native.lsetxattr(terminated(target), name, value, value.length, 0) !== 0) fail('lsetxattr', target)
}

export function removeAttribute(target: PathLike, name: string): void {
  if (native.lremovexattr(terminated(target), name) !== 0) absentOrFail('lremovexattr', target)
}

const listRoom = Buffer.alloc(65_536)

/** The names of a file's extended attributes; none where the file system has none. */
export function listAttributes(target: PathLike): string[] {
  const size = Number(native.llistxattr(terminated(target), listRoom, listRoom.length))
  if (size > 0) return listRoom.toString('latin1', 0, size - 1).split('\0')
  if (size < 0) absentOrFail('llistxattr', target)
  return []
}

export type LockKind = 'shared' | 'exclusive'

/** An advisory lock that ends when the descriptor is closed, a crash included. False: another holds it. */
export function tryLock(descriptor: number, kind: LockKind): boolean {
  const withoutWaiting = 4
  const operation = (kind === 'shared' ? 1 : 2) | withoutWaiting
  if (native.flock(descriptor, operation) === 0) return true
  if (errorCode() === 'EWOULDBLOCK' || errorCode() === 'EAGAIN' || errorCode() === 'EINTR') return false
  return fail('flock', '')
}

/**
 * A pipe whose ends the caller closes. Node's own, between it and its children, are pairs of sockets, which a process
 * cannot open once more through /dev/stdout.
 */
export function makePipe(): { readEnd: number; writeEnd: number } {
  const ends = new Int32Array(2)
  if (native.pipe2(ends, closeOnExec) !== 0) fail('pipe2', '')
  const [readEnd = -1, writeEnd = -1] = ends
  return { readEnd, writeEnd }
}

const resolveInRootFlag = 0x10n
const resolveNoMagicLinks = 0x02n

/**
 * Opens a path as a process would see it whose root is the directory `root`: the kernel itself keeps links and `..` inside
 * it, also while others change the tree, and follows no link of /proc that leads elsewhere (such as `/proc/1/root`).
 * `create`: the mode of a file that `flags` asks to make. Kernel 5.6. Source: openat2(2).
 */
export function openInRoot(root: number, target: PathLike, how: { flags: number; create?: number }): number {
  const words = Buffer.alloc(24)
  words.writeBigUInt64LE(BigInt(how.flags | closeOnExec), 0)
  words.writeBigUInt64LE(BigInt(how.create ?? 0), 8)
  words.writeBigUInt64LE(resolveInRootFlag | resolveNoMagicLinks, 16)
  for (let tries = 1; ; tries += 1) {
    const descriptor = Number(native.openat2(number.openat2, root, terminated(target), words, words.length))
    if (descriptor >= 0) return descriptor
    // The kernel gives up where something was renamed meanwhile: whoever renames without end gets no answer.
    if (errorCode() !== 'EAGAIN' || tries >= mostRenames) fail('openat2', target)
  }
}

const mostRenames = 100
const getPeer = 0x5441
const setWindowSize = 0x5414
const readWriteNoTerminal = 0o402

/** The other end of a pseudo-terminal whose master (an open /dev/ptmx) this is. The caller closes it. Kernel 4.13. */
export function openTerminalPeer(master: number): number {
  if (native.unlockpt(master) !== 0) fail('unlockpt', '')
  const peer = native.ioctlWord(master, getPeer, readWriteNoTerminal | closeOnExec)
  if (peer < 0) fail('ioctl', 'TIOCGPTPEER')
  return peer
}

/** Whoever has the terminal in the foreground is told by SIGWINCH. Source: ioctl_tty(2). */
export function setTerminalSize(
  terminal: number,
  { columns, rows }: { columns: number; rows: number },
): void {
  const size = Buffer.alloc(8)
  size.writeUInt16LE(rows, 0)
  size.writeUInt16LE(columns, 2)
  if (native.ioctlBytes(terminal, setWindowSize, size) !== 0) fail('ioctl', 'TIOCSWINSZ')
}

const unixFamily = 1
const sequencedPackets = 5
const nonBlocking = 0x800
const withoutSignal = 0x4000
const dontWait = 0x40
const longestSocketPath = 107

/** A connection that keeps the bounds of what is sent, which Node's sockets cannot. The caller closes it. */
export function connectPackets(target: string): number {
  const name = Buffer.from(target)
  if (name.length > longestSocketPath) throw new Error('A path longer than a socket’s reached a system call.')
  const descriptor = native.socket(unixFamily, sequencedPackets | closeOnExec | nonBlocking, 0)
  if (descriptor < 0) fail('socket', target)
  const address = Buffer.alloc(2 + longestSocketPath + 1)
  address.writeUInt16LE(unixFamily, 0)
  name.copy(address, 2)
  if (native.connect(descriptor, address, address.length) === 0) return descriptor
  const error = failure('connect', target)
  closeSync(descriptor)
  throw error
}

/** One packet. False: the other side has no room for it now. */
export function sendPacket(descriptor: number, bytes: Uint8Array): boolean {
  const sent = Number(native.send(descriptor, bytes, bytes.length, withoutSignal | dontWait))
  if (sent === bytes.length) return true
  if (errorCode() === 'EAGAIN' || errorCode() === 'EINTR') return false
  return fail('send', '')
}

/** `reading`: whoever sends is told that nobody reads, instead of waiting. `sending`: whoever reads comes to the end. */
export function endHalf(descriptor: number, half: 'reading' | 'sending'): void {
  if (native.shutdown(descriptor, half === 'reading' ? 0 : 1) !== 0) fail('shutdown', '')
}

const dropped = Buffer.alloc(65_536)

/** Takes what has come, and forgets it. */
export function dropPackets(descriptor: number): void {
  while (Number(native.recv(descriptor, dropped, dropped.length, dontWait)) > 0);
}

const getProjectAttributes = 0x801c581f
const setProjectAttributes = 0x401c5820
const inheritsProject = 0x200

/** Whose quota a file is counted in; what is made in a directory that passes it on gets the directory's. */
export type ProjectAttributes = { project: number; passesOn: boolean }

/** Null: the file system has no projects. Source: ioctl_fsgetxattr(2), struct fsxattr. */
export function projectOf(descriptor: number): ProjectAttributes | null {
  const words = attributesOf(descriptor)
  if (words === null) return null
  return { project: words.readUInt32LE(12), passesOn: (words.readUInt32LE(0) & inheritsProject) !== 0 }
}

/** Only a process of the machine's own user namespace may: the kernel refuses everybody else. */
export function setProject(descriptor: number, { project, passesOn }: ProjectAttributes): void {
  const words = attributesOf(descriptor) ?? fail('ioctl', 'FS_IOC_FSSETXATTR')
  const others = words.readUInt32LE(0) & ~inheritsProject
  words.writeUInt32LE((others | (passesOn ? inheritsProject : 0)) >>> 0, 0)
  words.writeUInt32LE(project, 12)
  if (native.ioctlBytes(descriptor, setProjectAttributes, words) !== 0) fail('ioctl', 'FS_IOC_FSSETXATTR')
}

function attributesOf(descriptor: number): Buffer | null {
  const words = Buffer.alloc(28)
  if (native.ioctlBytes(descriptor, getProjectAttributes, words) === 0) return words
  if (['ENOTTY', 'EOPNOTSUPP', 'ENOTSUP', 'EINVAL'].includes(errorCode())) return null
  return fail('ioctl', 'FS_IOC_FSGETXATTR')
}

const projectQuotas = 2

/**
 * Asks the quotas of projects of a file system, of which `descriptor` is any file or directory: by quotactl_fd (Linux
 * 5.14), or before that by the block device that it is on. `words` is read and written. Source: quotactl(2).
 */
export function controlQuota(
  place: { descriptor: number; device: string },
  { request, project, words }: { request: number; project: number; words: Buffer },
): void {
  const word = ((request << 8) | projectQuotas) >>> 0
  if (Number(native.quotactlFd(number.quotactlFd, place.descriptor, word, project, words)) === 0) return
  if (errorCode() !== 'ENOSYS') fail('quotactl_fd', '')
  controlQuotaByDevice(place.device, { request, project, words })
}

export function controlQuotaByDevice(
  device: string,
  { request, project, words }: { request: number; project: number; words: Buffer },
): void {
  const word = ((request << 8) | projectQuotas) >>> 0
  if (native.quotactl(word, terminated(device), project, words) !== 0) fail('quotactl', device)
}

const errorNames = new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name]))

function errorCode(): string {
  return errorNames.get(koffi.errno()) ?? `errno ${koffi.errno()}`
}

function absentOrFail(syscall: string, target: PathLike): null {
  if (errorCode() === 'ENODATA' || errorCode() === 'EOPNOTSUPP' || errorCode() === 'ENOTSUP') return null
  return fail(syscall, target)
}

function fail(syscall: string, target: PathLike): never {
  throw failure(syscall, target)
}

function failure(syscall: string, target: PathLike): NodeJS.ErrnoException {
  const code = errorCode()
  const place = target.toString()
  const message = `${code}: ${syscall}${place === '' ? '' : ` '${place}'`}`
  return Object.assign(new Error(message), { code, errno: -koffi.errno(), syscall, path: place })
}

/** Bytes as C wants them. A NUL inside would cut a path short, so it is refused. */
function terminated(text: PathLike): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(`${text}\0`) : Buffer.concat([text, Buffer.from([0])])
  if (bytes.indexOf(0) !== bytes.length - 1) throw new Error('A path with a NUL in it reached a system call.')
  return bytes
}
