import 'server-only'
import { toBerthError } from '@berth/api'

/** Null while the worker does not answer: the page says so, and the rest of it still holds. */
export async function unlessAway<Value>(asked: Promise<Value>): Promise<Value | null> {
  try {
    return await asked
  } catch (thrown) {
    const code = toBerthError(thrown)?.code
    if (code === 'LIVE.UNAVAILABLE' || code === 'LIVE.BUSY') return null
    throw thrown
  }
}
