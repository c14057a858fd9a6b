import { apiError } from '@berth/api'
import { z } from 'zod'
import { refusal } from '../../../door/answers.ts'
import { lastTeamLine } from '../../../door/last-team.ts'
import { mayChange } from '../../../door/may-change.ts'
import { askingOf, parts } from '../../../wiring.ts'

export const dynamic = 'force-dynamic'

const looked = z.object({ team: z.uuid() })

/** Remembers which team was looked at. Whether it is one's own is asked when `/` is opened. */
export async function POST(request: Request): Promise<Response> {
  try {
    const { settings } = await parts()
    if (!mayChange(request, settings)) throw apiError['API.OTHER_ORIGIN']()
    if ((await askingOf(request.headers)).person === null) throw apiError['API.SIGNED_OUT']()
    const given = looked.safeParse(await request.json().catch(() => null))
    if (!given.success) throw apiError['API.BAD_INPUT']({ problem: 'no team is said' })
    const secure = request.headers.get('origin')?.startsWith('https:') ?? false
    const headers = { 'cache-control': 'no-store', 'set-cookie': lastTeamLine(given.data.team, { secure }) }
    return Response.json({ ok: true }, { headers })
  } catch (error) {
    return refusal(error)
  }
}
