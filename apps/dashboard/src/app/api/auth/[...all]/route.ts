import { refusal } from '../../../../door/answers.ts'
import { parts } from '../../../../wiring.ts'

export const dynamic = 'force-dynamic'

/** Sign-in, sign-out and sessions are better-auth's; packages/people says which of its endpoints are open. */
async function answer(request: Request): Promise<Response> {
  try {
    return await (await parts()).people.auth.handler(request)
  } catch (error) {
    return refusal(error)
  }
}

export { answer as GET, answer as POST }
