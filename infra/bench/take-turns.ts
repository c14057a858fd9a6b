import { performance } from 'node:perf_hooks'
import { command, localRunner } from '@berth/command'
import { median } from './median.ts'

/** Something that both sides do. `prepare` is not timed and makes the ground the same for both. */
export type Turn = {
  title: string
  prepare?: (round: number) => Promise<unknown>
  berth: (round: number) => Promise<unknown>
  other: (round: number) => Promise<unknown>
}

export type TurnTimes = { title: string; berthMs: number[]; otherMs: number[] }

/**
 * Every round takes every turn, on both sides, one side after the other; who goes first changes from round to round.
 * What was written so far is put on the disk before each, so that nobody pays for the other's writing.
 */
export async function takeTurns(
  turns: readonly Turn[],
  { rounds, signal, say }: { rounds: number; signal: AbortSignal; say: (words: string) => void },
): Promise<TurnTimes[]> {
  const times = turns.map(({ title }): TurnTimes => ({ title, berthMs: [], otherMs: [] }))
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, turn] of turns.entries()) {
      await turn.prepare?.(round)
      for (const side of sidesInTurn(round)) {
        signal.throwIfAborted()
        await settle()
        times[index]?.[`${side}Ms`].push(await timedMs(() => turn[side](round)))
      }
      signal.throwIfAborted()
    }
    say(`round ${round + 1} of ${rounds}: ${times.map(inWords).join(' · ')}`)
  }
  return times
}

export function sidesInTurn(round: number): readonly ('berth' | 'other')[] {
  return round % 2 === 0 ? ['berth', 'other'] : ['other', 'berth']
}

export async function timedMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function settle(): Promise<void> {
  await localRunner.run(command('sync'), { timeoutMs: 300_000 })
}

function inWords({ title, berthMs, otherMs }: TurnTimes): string {
  return `${title} ${median(berthMs).toFixed(0)} : ${median(otherMs).toFixed(0)} ms`
}
