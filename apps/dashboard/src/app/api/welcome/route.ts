import { z } from 'zod'
import { openDoor } from '../../../door/open-door.ts'

export const dynamic = 'force-dynamic'

const claim = z.object({
  token: z.string().max(200),
  name: z.string().max(200),
  email: z.string().max(300),
  password: z.string().max(500),
})

/** Makes the first owner, with the one-time token that `berth up` printed. */
export function POST(request: Request): Promise<Response> {
  return openDoor(request, claim, (people, given, asked) => people.claimOwner(given, asked))
}
