import { type Command, command } from '@berth/command'

/** Files of an image: a disk that is only read, and what boots from it. Absolute paths. */
export type VmImage = { disk: string; kernel: string; initrd: string }

export type Vm = {
  image: VmImage
  /** Seen by the guest as it is, read-only. */
  checkout: string
  /** Seen by the guest, which may write into it. */
  handed: string
  memoryMb: number
  cpus: number
  accelerator: Accelerator
  /** Where the guest's console goes: a file. */
  console: string
}

/** `kvm`: the processor's own help. `tcg`: every instruction translated, some ten times slower, works anywhere. */
export type Accelerator = 'kvm' | 'tcg'

/** The most that one request of the guest's file systems may carry is set in guest/fstab. */
const shared = (tag: string, path: string, ...options: string[]) => [
  ...['-virtfs', [`local,path=${path}`, `mount_tag=${tag}`, 'security_model=none', ...options].join(',')],
]

/**
 * QEMU in the foreground, whose standard output is what the guest's command prints. What the guest writes to its disk goes
 * into a file that is gone with it. Source: qemu(1) 7.2.
 */
export function qemuCommand(vm: Vm): Command {
  const { image } = vm
  return command(
    'qemu-system-x86_64',
    ...['-no-user-config', '-nodefaults', '-no-reboot', '-display', 'none'],
    ...['-machine', 'q35', ...processor[vm.accelerator]],
    ...['-m', `${vm.memoryMb}M`, '-smp', String(vm.cpus), '-device', 'virtio-rng-pci'],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', kernelWords.join(' ')],
    ...['-drive', `file=${image.disk},format=raw,if=virtio,snapshot=on,cache=unsafe`],
    ...shared('checkout', vm.checkout, 'readonly=on', 'multidevs=remap'),
    ...shared('handed', vm.handed),
    ...['-nic', 'user,model=virtio-net-pci'],
    ...['-serial', `file:${vm.console}`],
    ...['-chardev', 'stdio,id=output,signal=off', '-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=output,name=berth.output'],
  )
}

/** Without five levels of page tables, which make each translated access to memory dearer. */
const processor: Readonly<Record<Accelerator, readonly string[]>> = {
  kvm: ['-accel', 'kvm', '-cpu', 'host'],
  tcg: ['-accel', 'tcg,thread=multi,tb-size=1024', '-cpu', 'max,la57=off'],
}

/**
 * Quotas of projects can only be switched on when the root is first mounted. Nobody attacks this machine from inside, and
 * what guards against leaky processors is very dear where instructions are translated.
 */
const kernelWords = [
  ...['root=/dev/vda', 'rw', 'rootflags=prjquota', 'console=ttyS0', 'quiet', 'panic=-1', 'tsc=reliable'],
  'mitigations=off',
  'systemd.journald.forward_to_console=1',
]
