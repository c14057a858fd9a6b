import type { Readable, Writable } from 'node:stream'
import type { RunningCommand } from '@berth/command'
import { pushError } from './errors.ts'
import { type Output, openOutput } from './output.ts'
import type { RefUpdate } from './plan-push.ts'

/**
 * The other end of hooks/pre-receive: three pipes that git hands on to the hook it starts. They belong to this push alone, so
 * nothing has to be authenticated, and they close when either side dies.
 */
export type HookChannel = {
  /** What git is about to do, for `parseQuestion`; null where it ended without asking (no refs, a bad pack). */
  question: Promise<string | null>
  output: Output
  answer(accept: boolean): void
}

export type HookQuestion = { quarantine: string | null; updates: RefUpdate[] }

export const maxUpdates = 5_000
const maxQuestionBytes = 4 * 1024 * 1024

/** Descriptors 0 to 5, of which the hook uses the last three. */
export const hookStdio = ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'] as const

export function openHookChannel(git: RunningCommand): HookChannel {
  const [asked, told, verdict] = [git.pipe(3), git.pipe(4), git.pipe(5)] as [Readable, Writable, Writable]
  // A pipe that breaks is a git that has ended, which its exit tells.
  for (const pipe of [asked, told, verdict]) pipe?.on('error', () => undefined)
  return {
    question: asked === null ? Promise.resolve(null) : readQuestion(asked),
    output: openOutput(told),
    answer(accept) {
      verdict?.end(accept ? 'accept\n' : 'refuse\n')
      told?.end()
    },
  }
}

function readQuestion(asked: Readable): Promise<string | null> {
  let text = ''
  return new Promise((resolve) => {
    asked.setEncoding('utf8')
    asked.on('data', (chunk: string) => {
      // What is too long is read to its end, because the hook would not get on otherwise.
      if (text.length <= maxQuestionBytes) text += chunk
      if (text.endsWith('\n\n') || text.length > maxQuestionBytes) resolve(text)
    })
    asked.on('close', () => resolve(null))
  })
}

const updateLine = /^([0-9a-f]{40}) ([0-9a-f]{40}) (refs\/\S+)$/

/**
 * The quarantine's path or nothing, then a line per ref, then an empty line. The names are the client's: git looks at them
 * only when it moves the refs, so anything may stand there. @throws PUSH.BAD_REF, PUSH.TOO_MANY_REFS
 */
export function parseQuestion(text: string): HookQuestion {
  const [quarantine, ...rest] = text.split('\n')
  const lines = rest.filter((line) => line !== '')
  if (lines.length > maxUpdates || text.length > maxQuestionBytes) {
    throw pushError['PUSH.TOO_MANY_REFS']({ limit: maxUpdates })
  }
  return { quarantine: quarantine || null, updates: lines.map(parseUpdate) }
}

function parseUpdate(line: string): RefUpdate {
  const words = updateLine.exec(line)
  if (words === null) throw pushError['PUSH.BAD_REF']({ line })
  return { oldCommit: words[1] as string, newCommit: words[2] as string, ref: words[3] as string }
}
