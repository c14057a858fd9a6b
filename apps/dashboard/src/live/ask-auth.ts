import type { ErrorRecord } from '@berth/domain'

/** What one of better-auth's endpoints answered; its own words are not shown to people. */
export type AuthAnswer = { ok: true; body: Record<string, unknown> } | { ok: false; refusal: Refusal }

export type Refusal = Pick<ErrorRecord, 'message' | 'hint'>

/** `wrong`: what to say where the endpoint refuses what was typed. Without `given` it is read. */
export async function askAuth(
  path: string,
  given: Record<string, unknown> | null,
  wrong: Refusal,
): Promise<AuthAnswer> {
  try {
    const answer = await fetch(`/api/auth/${path}`, {
      method: given === null ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      body: given === null ? undefined : JSON.stringify(given),
    })
    if (!answer.ok) return { ok: false, refusal: refusalFor(answer, wrong) }
    return { ok: true, body: ((await answer.json()) ?? {}) as Record<string, unknown> }
  } catch {
    return {
      ok: false,
      refusal: { message: 'Berth does not answer.', hint: 'Check the connection and try again.' },
    }
  }
}

function refusalFor(answer: Response, wrong: Refusal): Refusal {
  if (answer.status === 429) {
    const seconds = Number(answer.headers.get('retry-after')) || 60
    return {
      message: 'Too many attempts.',
      hint: `Try again in ${seconds} s, or use a link made at the machine.`,
    }
  }
  if (answer.status >= 500)
    return { message: 'This does not work at the moment.', hint: 'Try again shortly.' }
  if (answer.status === 403) {
    return {
      message: 'This address is not the dashboard’s own, or you signed in too long ago.',
      hint: 'Open it at the address that Berth printed, and sign in anew.',
    }
  }
  return wrong
}
