import { flushCompileCache, getCompileCacheDir } from 'node:module'
import { become } from './become.ts'

const compiler = 'NativeModule internal/deps/amaro/dist/index'
const begunAfresh = 'BERTH_BEGUN_AFRESH'

/**
 * For a process that stays, once it has loaded what it is made of. Node's compiler of TypeScript is WebAssembly of 28 MB, which
 * a process keeps for as long as it lives. Where it was needed (the first start of a new version), what it made is kept in
 * Node's cache, and the process becomes itself once more, which then finds it there. Once: a cache that cannot be written
 * keeps nobody from starting.
 */
export function beginAfresh(): void {
  const { env, execPath, execArgv, argv } = process
  if (!hasCompiled() || env[begunAfresh] !== undefined || getCompileCacheDir() === undefined) return
  flushCompileCache()
  const same = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  become({
    argv: [execPath, ...execArgv, ...argv.slice(1)],
    env: { ...Object.fromEntries(same), [begunAfresh]: '1' },
  })
}

export function hasCompiled(): boolean {
  // Not in Node's types: the names of its own modules that were loaded.
  return (process as unknown as { moduleLoadList: string[] }).moduleLoadList.includes(compiler)
}
