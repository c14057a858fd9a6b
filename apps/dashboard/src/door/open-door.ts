import 'server-only'
import { apiError } from '@berth/api'
import type { People, SignedIn } from '@berth/people'
import type { z } from 'zod'
import { parts } from '../wiring.ts'
import { refusal } from './answers.ts'
import { mayChange } from './may-change.ts'

/** A door for somebody who is not signed in yet: the request comes from our own page, and its answer holds the session. */
export async function openDoor<Shape extends z.ZodType>(
  request: Request,
  shape: Shape,
  enter: (people: People, given: z.output<Shape>, asked: Headers) => Promise<SignedIn>,
): Promise<Response> {
  try {
    const { people, settings } = await parts()
    if (!mayChange(request, settings)) throw apiError['API.OTHER_ORIGIN']()
    const given = shape.safeParse(await readJson(request))
    if (!given.success) throw apiError['API.BAD_INPUT']({ problem: 'the form is not whole' })
    const { headers } = await enter(people, given.data, request.headers)
    const answer = Response.json({ ok: true }, { headers: { 'cache-control': 'no-store' } })
    for (const cookie of headers.getSetCookie()) answer.headers.append('set-cookie', cookie)
    return answer
  } catch (error) {
    return refusal(error)
  }
}

const maxBodyBytes = 20_000

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text()
  if (text.length > maxBodyBytes) return null
  try {
    return JSON.parse(text)
  } catch {
    // The shape refuses it.
    return null
  }
}
