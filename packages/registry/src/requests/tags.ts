import { answerJson, demand, refuseMethod, type Visit } from '../registry.ts'
import type { RepositoryName } from '../registry-store.ts'

const mostNames = 1_000

/** `GET /v2/<name>/tags/list?n=…&last=…` */
export async function answerTags(visit: Visit, repository: RepositoryName): Promise<void> {
  if (visit.request.method !== 'GET') return refuseMethod(visit)
  const key = await demand(visit, repository, { action: 'pull' })
  const { most, after } = pageOf(visit.query)
  const tags = most === 0 ? [] : await visit.store.tags(key, { after, most: most + 1 })
  if (tags.length > most) linkNext(visit, `/v2/${repository}/tags/list`, { most, last: tags[most - 1] ?? '' })
  answerJson(visit, 200, { name: repository, tags: tags.slice(0, most) })
}

function pageOf(query: URLSearchParams): { most: number; after: string } {
  const given = query.get('n') ?? ''
  const most = /^\d{1,6}$/.test(given) ? Math.min(Number(given), mostNames) : mostNames
  return { most, after: query.get('last') ?? '' }
}

function linkNext({ response }: Visit, path: string, { most, last }: { most: number; last: string }): void {
  response.setHeader('Link', `<${path}?n=${most}&last=${encodeURIComponent(last)}>; rel="next"`)
}
