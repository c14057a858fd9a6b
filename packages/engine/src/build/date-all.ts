import { lstatSync, lutimesSync, readdirSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'

const entriesInOneGo = 500

/**
 * Gives everything in an upper directory one modification time, so that the same tree makes the same layer anywhere. A
 * file that has it already is not touched: it may be another layer's too.
 */
export async function dateAll(upper: string, date: Date): Promise<void> {
  const ahead: Buffer[] = [Buffer.from(upper)]
  let count = 0
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    const stats = lstatSync(path)
    if (stats.isDirectory()) ahead.push(...childrenOf(path))
    if (stats.mtimeMs !== date.getTime()) lutimesSync(path, date, date)
    if (++count % entriesInOneGo === 0) await nextTurn()
  }
}

/** As bytes: a name need not be UTF-8. */
function childrenOf(directory: Buffer): Buffer[] {
  const names = readdirSync(directory, { encoding: 'buffer' })
  return names.map((name) => Buffer.concat([directory, Buffer.from('/'), name]))
}
