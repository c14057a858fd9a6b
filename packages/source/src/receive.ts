import type { Command } from '@berth/command'
import { gitCommand, type Repository } from './git.ts'

/**
 * The commands that speak git's protocol with a client. Objects are checked before anything looks at them, a push is
 * bounded in size, and refs are updated only if the hook says so.
 */

/** `stateless`: one request of the smart HTTP protocol; `advertise`: its first, which lists the refs. */
export type ProtocolMode = 'connected' | 'stateless' | 'advertise'

export type ProtocolCall = {
  repository: Repository
  mode: ProtocolMode
  /** What the client sent as GIT_PROTOCOL (SSH) or Git-Protocol (HTTP); anything unknown is dropped. */
  protocol: string | null
}

export const maxPushBytes = 2 * 1024 ** 3

/** Larger blobs are streamed, not held; what searches for deltas has a limit and one thread. */
const boundedMemory = ['core.bigFileThreshold=32m', 'pack.windowMemory=100m', 'pack.threads=1']

const receiveConfig = (maxInputBytes: number) => [
  'transfer.fsckObjects=true',
  // Harmless faults of old tools that stand in many histories; the large hosts let them pass too.
  'receive.fsck.zeroPaddedFilemode=ignore',
  'receive.fsck.missingSpaceBeforeDate=ignore',
  'receive.fsck.badTimezone=ignore',
  `receive.maxInputSize=${maxInputBytes}`,
  'receive.denyDeletes=false',
  'receive.denyNonFastForwards=false',
  'receive.denyDeleteCurrent=ignore',
  'receive.denyCurrentBranch=ignore',
  // CI systems push from clones of depth 1.
  'receive.shallowUpdate=true',
  'receive.autogc=false',
  'receive.updateServerInfo=false',
  'receive.advertisePushOptions=true',
  'receive.keepAlive=5',
  ...boundedMemory,
  'core.logAllRefUpdates=false',
]

/** `hooks` is the directory of the one hook that decides; the hook's channel is given as descriptors by the caller. */
export function receivePack(
  call: ProtocolCall & { hooks: string; maxInputBytes?: number; env?: Readonly<Record<string, string>> },
): Command {
  const config = [...receiveConfig(call.maxInputBytes ?? maxPushBytes), `core.hooksPath=${call.hooks}`]
  return gitCommand(call.repository, ['receive-pack', ...modeWords(call.mode), call.repository.path], {
    config,
    env: { ...protocolEnvironment(call.protocol), ...call.env },
  })
}

export function uploadPack(call: ProtocolCall): Command {
  const config = ['uploadpack.allowFilter=true', ...boundedMemory]
  return gitCommand(
    call.repository,
    ['upload-pack', '--strict', '--timeout=600', ...modeWords(call.mode), call.repository.path],
    { config, env: protocolEnvironment(call.protocol) },
  )
}

function modeWords(mode: ProtocolMode): string[] {
  if (mode === 'connected') return []
  return mode === 'advertise' ? ['--stateless-rpc', '--http-backend-info-refs'] : ['--stateless-rpc']
}

function protocolEnvironment(given: string | null): Record<string, string> {
  return given !== null && /^version=[012]$/.test(given) ? { GIT_PROTOCOL: given } : {}
}
