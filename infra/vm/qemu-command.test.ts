import { expect, test } from 'vitest'
import { qemuCommand, type Vm } from './qemu-command.ts'

const vm: Vm = {
  image: { disk: '/cache/disk', kernel: '/cache/vmlinuz', initrd: '/cache/initrd' },
  checkout: '/checkout',
  handed: '/tmp/handed',
  memoryMb: 4096,
  cpus: 2,
  accelerator: 'kvm',
  console: '/tmp/handed/console',
}

/** The words that follow `option`, each time that it is there. */
function valuesOf(option: string, over: Partial<Vm> = {}): string[] {
  const { argv } = qemuCommand({ ...vm, ...over })
  return argv.flatMap((word, place) => (word === option ? [argv[place + 1] ?? ''] : []))
}

test('the disk is never written to', () => {
  expect(valuesOf('-drive')).toEqual(['file=/cache/disk,format=raw,if=virtio,snapshot=on,cache=unsafe'])
})

test('the checkout is read-only, and what is handed over is not', () => {
  const [checkout, handed] = valuesOf('-virtfs')
  expect(checkout).toContain('path=/checkout,mount_tag=checkout')
  expect(checkout).toContain('readonly=on')
  expect(handed).toBe('local,path=/tmp/handed,mount_tag=handed,security_model=none')
})

test('nobody can come in through its network', () => {
  expect(valuesOf('-nic')).toEqual(['user,model=virtio-net-pci'])
})

test('without the processor’s help instructions are translated', () => {
  expect(valuesOf('-accel')).toEqual(['kvm'])
  expect(valuesOf('-accel', { accelerator: 'tcg' })).toEqual([expect.stringMatching(/^tcg,/)])
})
