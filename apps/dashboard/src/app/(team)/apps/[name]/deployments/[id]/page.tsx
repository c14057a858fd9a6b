import type { DeploymentView } from '@berth/api'
import { notFound } from 'next/navigation'
import { read } from '../../../../../../caller.ts'
import { AsCommand } from '../../../../../../parts/as-command.tsx'
import { DeploymentPage } from '../../../../../../parts/deployments/deployment-page.tsx'
import { ReleaseContents } from '../../../../../../parts/deployments/release-contents.tsx'
import { isUnderWay } from '../../../../../../parts/deployments/under-way.ts'
import { Page } from '../../../../../../parts/page.tsx'

type Props = { params: Promise<{ name: string; id: string }> }

/** `id` is the id of a build or a deployment, or a release as `v12`. */
export default async function OneDeploymentPage({ params }: Props) {
  const { name, id } = await params
  const app = decodeURIComponent(name)
  const wanted = wantedBy(id)
  const deployment = await read((api) => api.deployments.get({ app, deployment: wanted }))
  const { version } = deployment
  const release = version === null ? null : await read((api) => api.releases.info({ app, version }))
  return (
    <Page>
      <DeploymentPage app={app} initial={deployment} />
      {release && <ReleaseContents release={release} />}
      <AsCommand commands={commandsFor(app, deployment)} />
    </Page>
  )
}

function commandsFor(app: string, { id, version, state }: DeploymentView): string[] {
  const name = version === null ? id.slice(0, 8) : `v${version}`
  return [
    `berth deployments info ${name} --app ${app}`,
    ...(isUnderWay(state) ? [`berth deployments cancel ${name} --app ${app}`] : []),
    ...(version === null ? [] : [`berth releases info ${name} --app ${app}`]),
  ]
}

function wantedBy(id: string): string | number {
  const version = /^v(\d{1,9})$/.exec(id)?.[1]
  if (version) return Number(version)
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id
  notFound()
}
