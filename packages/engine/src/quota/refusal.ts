import { printable } from '@berth/domain'
import type { QuotaCalls } from './quota-calls.ts'

/** Why a directory's size cannot be limited here, and what to do about it. */
export type QuotaRefusal = { reason: string; hint: string }

export type QuotaSetting = {
  state: ReturnType<QuotaCalls['state']>
  /** As the kernel names them: `ext4`, `/dev/vda`. */
  type: string
  device: string
  /** Of the engine's home; 0: none. */
  homeProject: number
}

/** Null: limits hold. */
export function quotaRefusal({ state, type, device, homeProject }: QuotaSetting): QuotaRefusal | null {
  if (homeProject !== 0) {
    return {
      reason: `the engine's home is counted in the project ${homeProject} of somebody else, whose limit a directory of its own would escape`,
      hint: 'Take the project off the home (`chattr -p 0 -P`), or leave the limit out.',
    }
  }
  if (state === 'enforced') return null
  const on = `${printable(type)} on ${printable(device)}`
  const hint = hints[type] ?? elsewhere
  if (state === 'counted') return { reason: `quotas of projects are counted, not held (${on})`, hint }
  return { reason: `quotas of projects are off (${on})`, hint }
}

const hints: Readonly<Record<string, string>> = {
  ext4: 'Unmount it, run `tune2fs -O project,quota` on the device, and mount it with the option `prjquota`. The kernel needs CONFIG_QFMT_V2.',
  xfs: 'Unmount it and mount it with the option `prjquota` (the root file system: `rootflags=prjquota` on the kernel’s command line).',
}
const elsewhere = 'Keep BERTH_HOME on ext4 or xfs with the mount option `prjquota`, or leave the limit out.'
