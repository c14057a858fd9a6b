/** Files of contexts that no person can write: archives, sound and broken, and files of some size. By name. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { localRunner } from '@berth/command'
import { makeTar, type TarPart } from '@berth/engine/archive/make-tar.ts'
import { capability } from './bases.ts'

const small: TarPart[] = [
  { path: 'top', content: 'top\n', mode: 0o640 },
  { path: 'dir/', type: '5', mode: 0o750, modifiedSeconds: 900_000_000 },
  { path: 'dir/inner', content: 'inner\n', mode: 0o755, uid: 1000, gid: 2000, modifiedSeconds: 950_000_000 },
]

const everything: TarPart[] = [
  { path: 'dir/', type: '5', mode: 0o1777 },
  { path: 'dir/setuid', content: 'setuid\n', mode: 0o4755 },
  { path: 'dir/setgid', content: 'setgid\n', mode: 0o2755, gid: 2000 },
  { path: 'dir/first', content: 'two names\n', uid: 1000, gid: 1000 },
  { path: 'dir/second', type: '1', linkTarget: 'dir/first', uid: 1000, gid: 1000 },
  { path: 'link', type: '2', linkTarget: 'dir/first', mode: 0o777 },
  { path: 'absolute', type: '2', linkTarget: '/etc/passwd', mode: 0o777 },
  { path: 'broken', type: '2', linkTarget: 'nowhere', mode: 0o777, uid: 1000 },
  { path: 'pipe', type: '6', mode: 0o600 },
  { path: 'noted', content: 'noted\n', pax: { 'SCHILY.xattr.user.note': 'from a tar' } },
  { path: 'capable', content: 'x\n', mode: 0o755, pax: { 'SCHILY.xattr.security.capability': capability } },
  { path: 'deep/er/without/parents', content: 'deep\n' },
  { path: 'with space', content: 'space\n' },
  { path: 'ümlaut', content: 'unicode\n' },
]

const whiteouts: TarPart[] = [
  { path: 'opt/zoo/.wh.file', content: '' },
  { path: 'opt/zoo/full/.wh..wh..opq', content: '' },
  { path: 'kept', content: 'kept\n' },
]

const replacing: TarPart[] = [
  { path: 'opt/zoo/file', content: 'replaced by a tar\n', mode: 0o600 },
  { path: 'opt/zoo/dir/a', content: 'replaced in a directory\n' },
  { path: 'opt/zoo/to-file', content: 'a file in place of a link\n' },
  { path: 'opt/zoo/sticky/', type: '5', mode: 0o700, uid: 1000 },
]

const longName = `${'long/'.repeat(30)}file`
const long: TarPart[] = [{ path: 'short', content: 'long\n', pax: { path: longName } }]

const makers: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  'small.tar': () => makeTar(small),
  'small.tar.gz': () => gzipSync(makeTar(small)),
  'small.tar.zst': () => zstdCompressSync(makeTar(small)),
  'small.tar.bz2': () => packed('bzip2', makeTar(small)),
  'small.tar.xz': () => packed('xz', makeTar(small)),
  'everything.tar': () => makeTar(everything),
  'whiteouts.tar': () => makeTar(whiteouts),
  'replacing.tar': () => makeTar(replacing),
  'long.tar': () => makeTar(long),
  'empty.tar': () => makeTar([]),
  'cut.tar.gz': () => gzipSync(makeTar(small)).subarray(0, 120),
  'cut.tar': () => makeTar([{ path: 'big', content: 'x'.repeat(4000) }]).subarray(0, 2000),
  'text.gz': () => gzipSync('no archive at all\n'),
  'big.bin': () => Buffer.alloc(3 * 1024 * 1024 + 7, 'berth'),
  'zeros.bin': () => Buffer.alloc(1024 * 1024),
}

/** @throws Error where no file has that name */
export async function madeFile(name: string): Promise<Buffer> {
  const make = makers[name]
  if (make === undefined) throw new Error(`made-files.ts makes no ${name}`)
  return make()
}

async function packed(program: 'bzip2' | 'xz', input: Buffer): Promise<Buffer> {
  return (await localRunner.run({ argv: [program, '-c'] }, { input })).stdoutBytes
}
