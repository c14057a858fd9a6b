import type { Engine } from '../engine.ts'

/**
 * What of the engine can be asked for over a socket, and how each answers. The compiler holds this against the port: a
 * method that is missing here does not compile. `build` is not in it, because its source tree is asked back.
 */
export type Reply =
  /** One value, after a while. */
  | 'value'
  /** Values one after the other, until it ends or the reader has enough. */
  | 'items'
  /** Bytes in pieces. */
  | 'bytes'
  /** A process that one is joined to. */
  | 'attachment'
  /** A listener is called until it is no longer wanted. */
  | 'subscription'

export type Noun = 'images' | 'containers' | 'volumes'

export const calls = {
  images: {
    list: 'value',
    get: 'value',
    find: 'value',
    hasProgram: 'value',
    tag: 'value',
    remove: 'value',
    prune: 'value',
    flush: 'value',
    importRootfs: 'value',
    importArchive: 'value',
    exportArchive: 'value',
    exportRootfs: 'value',
    resolve: 'value',
    pull: 'value',
    push: 'value',
    history: 'value',
    inspect: 'value',
    diff: 'value',
    usage: 'value',
  },
  containers: {
    create: 'value',
    start: 'value',
    stop: 'value',
    kill: 'value',
    restart: 'value',
    pause: 'value',
    resume: 'value',
    rename: 'value',
    remove: 'value',
    wait: 'value',
    exec: 'attachment',
    attach: 'attachment',
    statPath: 'value',
    copyIn: 'value',
    copyOut: 'bytes',
    export: 'bytes',
    changes: 'items',
    commit: 'value',
    get: 'value',
    list: 'value',
    logs: 'items',
    prune: 'value',
    top: 'value',
    stats: 'value',
    watchStats: 'items',
    subscribe: 'subscription',
  },
  volumes: {
    create: 'value',
    list: 'value',
    get: 'value',
    usage: 'value',
    resize: 'value',
    remove: 'value',
  },
} as const satisfies { [Each in Noun]: Record<keyof Engine[Each], Reply> }

/** Arguments that are paths of the caller's: which of a method's, from 0. */
export const pathArguments: Readonly<Record<string, number>> = {
  'images.importRootfs': 0,
  'images.importArchive': 0,
  'images.exportArchive': 1,
  'images.exportRootfs': 1,
}

/** What the caller sends. */
export type Asked =
  | { call: string; arguments: readonly unknown[] }
  | { inputEnds: true }
  | { resize: { columns: number; rows: number } }
  | { signal: string }
  | { entries: readonly unknown[]; more: boolean }
  | { entry: number }
  | { treeEnds: true }

/** What the engine's process sends back; `result` and `error` are the last. */
export type Answer =
  | { result: unknown }
  | { error: unknown }
  | { item: unknown }
  | { tell: number; value: unknown }
  | { opened: { input: boolean } }
  | { resized: unknown }
  | { signalled: unknown }
  | { wantEntries: true }
  | { wantContents: readonly number[] }
  /** Nothing: only to find out whether the caller is still there. */
  | { ping: true }
