import type { DeathView } from '@berth/api'
import { sayExit } from '@berth/observe/say-exit.ts'
import { saySize } from '@berth/ui'

/** Why an instance ended, in one sentence. */
export function sayCause(death: DeathView): string {
  if (death.reason === null && death.outOfMemory && death.memoryLimitBytes !== null)
    return `Killed: out of memory at ${saySize(death.memoryLimitBytes)}.`
  return sayExit(death)
}

/** What to do about it. `limits`: the page where memory is given would help. */
export function adviceFor(death: DeathView): { text: string; limits: boolean } {
  const limits = death.outOfMemory
  if (limits) return { text: 'Raise its memory limit, or look at what filled it.', limits }
  return { text: wordsFor(death), limits }
}

function wordsFor({ code, signal, lastLines, reason }: DeathView): string {
  if (reason !== null) return 'It was started again by itself.'
  if (code === 127) return 'Its command is not in the image: look at the Procfile and at PATH.'
  if (code === 126) return 'Its command may not be executed: chmod +x it in the Dockerfile.'
  if (code === 0)
    return 'A process that should go on was through with its work: its command must stay in the foreground.'
  if (signal === 'SIGSEGV' || signal === 'SIGILL' || signal === 'SIGBUS')
    return 'The program itself broke: look at native code, and whether the image is for this machine.'
  if (lastLines.length === 0) return 'It printed nothing: look at its log from before.'
  return 'What it printed last says why, as a rule.'
}
