import { z } from 'zod'
import { openDoor } from '../../../door/open-door.ts'

export const dynamic = 'force-dynamic'

/** Uses a sign-in link up. Only a press on the page's button comes here: a preview of the link does not. */
export function POST(request: Request): Promise<Response> {
  return openDoor(request, z.object({ token: z.string().max(200) }), (people, { token }, asked) =>
    people.takeSignInLink(token, asked),
  )
}
