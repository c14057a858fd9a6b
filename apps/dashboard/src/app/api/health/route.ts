import { parts } from '../../../wiring.ts'

export const dynamic = 'force-dynamic'

/** 200 once the database answers: for the supervisor and the front door. */
export async function GET(): Promise<Response> {
  try {
    await (await parts()).stores.people.hasOwner()
    return Response.json({ ok: true })
  } catch (error) {
    console.error('health:', error)
    return Response.json({ ok: false }, { status: 503 })
  }
}
