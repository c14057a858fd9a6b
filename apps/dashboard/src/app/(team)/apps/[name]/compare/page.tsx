import { toBerthError } from '@berth/api'
import { toErrorRecord } from '@berth/domain'
import { EmptyState } from '@berth/ui'
import { type Caller, read } from '../../../../../caller.ts'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { type Chosen, chosenReleases } from '../../../../../parts/compare/chosen-releases.ts'
import { type Compared, ComparePage } from '../../../../../parts/compare/compare-page.tsx'
import { Page } from '../../../../../parts/page.tsx'

type Props = {
  params: Promise<{ name: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** As far back as releases are listed. */
const limit = 200

export default async function CompareReleasesPage({ params, searchParams }: Props) {
  const app = decodeURIComponent((await params).name)
  const releases = await read((api) => api.releases.list({ app, limit }))
  const chosen = chosenReleases(await searchParams, releases)
  if (chosen === null)
    return (
      <Page>
        <EmptyState title="There is nothing to compare yet.">
          Every push and every change of the configuration makes a release. From the second one on, this page
          says what lies between two of them.
        </EmptyState>
      </Page>
    )
  const compared = await read((api) => compare(api, app, chosen))
  const { from, to, rollback, keep } = chosen
  return (
    <Page>
      <ComparePage {...{ app, releases, chosen, compared }} />
      <AsCommand
        commands={[
          `berth releases diff v${from} v${to} --app ${app}`,
          ...(rollback ? [`berth rollback v${to}${keep ? ' --keep-config' : ''} --app ${app}`] : []),
        ]}
      />
    </Page>
  )
}

/** What is refused is said on the page; everything else is the page's own error. */
async function compare(api: Caller, app: string, { from, to, rollback, keep }: Chosen): Promise<Compared> {
  try {
    if (!rollback) return { difference: await api.releases.diff({ app, from, to }) }
    const asked = { app, version: to, keepConfiguration: keep }
    return { difference: await api.releases.rollbackPreview(asked) }
  } catch (thrown) {
    const error = toBerthError(thrown)
    if (error === null || !/^(RELEASE|LIVE)\./.test(error.code)) throw thrown
    return { failure: toErrorRecord(error) }
  }
}
