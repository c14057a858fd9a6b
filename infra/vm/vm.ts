/**
 * `node infra/vm/vm.ts [--rebuild] [--memory MB] [--] COMMAND…`: runs a command of the checkout in a virtual machine with
 * Debian 12's kernel and systemd, and ends with its status. README.md says what the machine has.
 */
import { constants } from 'node:fs'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localRunner } from '@berth/command'
import { vmImage } from './make-image.ts'
import { parseWords } from './parse-words.ts'
import { type Accelerator, qemuCommand, type VmImage } from './qemu-command.ts'

const usage = 'node infra/vm/vm.ts [--rebuild] [--memory MB] [--] COMMAND…'
const checkout = new URL('../..', import.meta.url).pathname

const { rebuild, memoryMb, command } = parseWords(process.argv.slice(2))
if (command.length === 0 && !rebuild) {
  say(usage)
  process.exitCode = 2
} else {
  const image = await vmImage({ rebuild, say })
  if (command.length > 0) process.exitCode = await runInside(image, command, memoryMb)
}

/** The status of the command. @throws with the end of the machine's console, where it went off before the command ended */
async function runInside(image: VmImage, words: readonly string[], memoryMb: number): Promise<number> {
  const handed = await mkdtemp(join(tmpdir(), 'berth-vm-'))
  try {
    await writeFile(`${handed}/argv`, words.map((word) => `${word}\0`).join(''))
    const console = `${handed}/console`
    const accelerator = await chooseAccelerator()
    const qemu = qemuCommand({ image, checkout, handed, memoryMb, cpus: 2, accelerator, console })
    // Its input stays open: where it has come to an end, QEMU takes its output for closed as well.
    const machine = localRunner.start(qemu, { stdio: ['pipe', 'inherit', 'inherit'] })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => machine.kill('SIGKILL'))
    await machine.exited
    const status = await readFile(`${handed}/status`, 'utf8').catch(() => null)
    if (status !== null) return Number(status)
    throw new Error(`The machine went off before its command ended.\n${await lastLines(console)}`)
  } finally {
    await rm(handed, { recursive: true })
  }
}

/** /dev/kvm alone says little: a kernel that is a guest itself may offer it to other kernels than Debian's. */
async function chooseAccelerator(): Promise<Accelerator> {
  const flags = /^flags\s*:(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8'))?.[1] ?? ''
  const helps = flags.split(' ').some((flag) => flag === 'vmx' || flag === 'svm')
  if (helps && (await opens('/dev/kvm'))) return 'kvm'
  say('No help from the processor (KVM): the machine will be some ten times slower than this one.')
  return 'tcg'
}

const opens = (path: string) =>
  access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  )

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').slice(-40).join('\n')
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
