/**
 * `fetch` that goes along where the platform sends everybody from http to https at the same host, with the token that would
 * be dropped on the way, and nowhere else: a profile from before there was a certificate goes on to work.
 */
export async function followToTls(given: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const asked = new URL(given instanceof Request ? given.url : given)
  const answer = await fetch(given, { ...init, redirect: 'manual' })
  const to = secureAddress(asked, answer)
  if (to === null) return answer
  await answer.body?.cancel()
  return await fetch(to, { ...init, redirect: 'error' })
}

/** Where the platform answers over TLS, if it sends everybody there; else what was given. */
export async function secureOrigin(origin: string): Promise<string> {
  const asked = new URL('/api/health', origin)
  const signal = AbortSignal.timeout(10_000)
  const answer = await fetch(asked, { redirect: 'manual', signal }).catch(() => null)
  await answer?.body?.cancel()
  // What does not answer at all is told by whoever asks it next.
  return (answer && secureAddress(asked, answer)?.origin) ?? origin
}

function secureAddress(asked: URL, { status, headers }: Response): URL | null {
  const location = headers.get('location')
  if (status !== 308 || asked.protocol !== 'http:' || location === null) return null
  const to = URL.parse(location, asked)
  return to?.protocol === 'https:' && to.hostname === asked.hostname ? to : null
}
