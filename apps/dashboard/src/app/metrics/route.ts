import { createContext, readExposition } from '@berth/api'
import { toErrorRecord } from '@berth/domain'
import { expositionType } from '@berth/observe'
import { askingOf, parts } from '../../wiring.ts'

export const dynamic = 'force-dynamic'

/** For Prometheus, with an API token (`authorization: Bearer …`): figures of what its person may see. */
export async function GET(request: Request): Promise<Response> {
  try {
    const [opened, asking] = [await parts(), await askingOf(request.headers)]
    const text = await readExposition(createContext(opened, asking.person, asking))
    return new Response(text, { headers: { 'content-type': expositionType, 'cache-control': 'no-store' } })
  } catch (error) {
    return refusal(error)
  }
}

function refusal(error: unknown): Response {
  const { code, message, hint } = toErrorRecord(error)
  if (code === 'BERTH.UNEXPECTED') console.error('metrics:', error)
  const isSignedOut = code === 'API.SIGNED_OUT'
  const headers = isSignedOut ? { 'www-authenticate': 'Bearer realm="Berth"' } : undefined
  return new Response(`${message}\n${hint}\n`, { status: isSignedOut ? 401 : 503, headers })
}
