import type { ErrorRecord } from '@berth/domain'
import { requestHeader } from '../door/request-header.ts'
import { failureIn } from './trpc.ts'

/** Asks one of the doors for people who are not signed in yet. Null: one is in. */
export async function enter(path: string, given: Record<string, string>): Promise<ErrorRecord | null> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [requestHeader]: '1' },
      body: JSON.stringify(given),
    })
    if (answer.ok) return null
    return failureIn(((await answer.json()) as { error?: unknown }).error)
  } catch (error) {
    return failureIn(error)
  }
}
