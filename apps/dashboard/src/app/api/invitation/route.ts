import { z } from 'zod'
import { openDoor } from '../../../door/open-door.ts'

export const dynamic = 'force-dynamic'

const acceptance = z.object({
  token: z.string().max(200),
  name: z.string().max(200),
  password: z.string().max(500),
})

/** An invitation, accepted by somebody who has no account yet: makes one, of the address that was invited. */
export function POST(request: Request): Promise<Response> {
  return openDoor(request, acceptance, (people, given, asked) => people.acceptInvitation(given, asked))
}
