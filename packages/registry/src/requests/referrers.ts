import { describeReferrer, indexType } from '../parse-manifest.ts'
import { parseDigest } from '../parse-names.ts'
import { answerJson, demand, refuseMethod, type Visit } from '../registry.ts'
import type { RepositoryName } from '../registry-store.ts'

/** `GET /v2/<name>/referrers/<digest>?artifactType=…`: signatures and bills of materials that refer to an image. */
export async function answerReferrers(
  visit: Visit,
  repository: RepositoryName,
  given: string,
): Promise<void> {
  if (visit.request.method !== 'GET') return refuseMethod(visit)
  const key = await demand(visit, repository, { action: 'pull' })
  const found = (await visit.store.referrers(key, parseDigest(given))).map(describeReferrer)
  const wanted = visit.query.get('artifactType')
  if (wanted !== null) visit.response.setHeader('OCI-Filters-Applied', 'artifactType')
  const manifests = wanted === null ? found : found.filter(({ artifactType }) => artifactType === wanted)
  answerJson(visit, 200, { schemaVersion: 2, mediaType: indexType, manifests }, indexType)
}
