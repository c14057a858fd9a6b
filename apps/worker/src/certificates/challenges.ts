import type { Routes } from '../app/routes.ts'

export type AnswerAt = {
  present(token: string, answer: string): Promise<void>
  remove(token: string): Promise<void>
}

/** Challenges at the front door: answered once `present` has settled, whoever asks. */
export type Challenges = { at(host: string): AnswerAt }

export function openChallenges({ routes }: { routes: Routes }): Challenges {
  return {
    at: (host) => ({
      async present(token, answer) {
        routes.present({ host, token, answer })
        await routes.apply()
      },
      async remove(token) {
        routes.withdraw(token)
        await routes.apply()
      },
    }),
  }
}
