import { requestHeader } from '../../door/request-header.ts'

let remembered: string | null = null

/** So that `/` leads there next time. A convenience: where it fails, `/` leads to the team before. */
export function rememberTeam(id: string): void {
  if (remembered === id) return
  remembered = id
  fetch('/api/last-team', {
    method: 'POST',
    headers: { 'content-type': 'application/json', [requestHeader]: '1' },
    body: JSON.stringify({ team: id }),
  }).catch(() => {
    remembered = null
  })
}
