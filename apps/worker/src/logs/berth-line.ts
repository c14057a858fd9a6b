import type { NewLogLine } from '@berth/observe'

/** What the platform says about an app, in the log of it. */
export type Told = { text: string; instance?: string; release?: number; isTrouble?: boolean; atMs?: number }

export function berthLine({ text, instance, release, isTrouble, atMs }: Told): NewLogLine {
  return {
    atMs: atMs ?? Date.now(),
    source: 'berth',
    instance: instance ?? 'berth',
    release: release ?? null,
    stream: isTrouble ? 'stderr' : 'stdout',
    text,
  }
}
