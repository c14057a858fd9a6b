/** The id of the team that was looked at last: where `/` leads. No script reads it, and it grants nothing. */
export const lastTeamCookie = 'berth-team'
const yearInSeconds = 365 * 24 * 60 * 60

export function lastTeamLine(id: string, { secure }: { secure: boolean }): string {
  const line = `${lastTeamCookie}=${id}; Path=/; Max-Age=${yearInSeconds}; HttpOnly; SameSite=Lax`
  return secure ? `${line}; Secure` : line
}
