import { notFound } from 'next/navigation'
import { read } from '../../../../../../caller.ts'
import { AsCommand } from '../../../../../../parts/as-command.tsx'
import { DeploymentPage } from '../../../../../../parts/deployments/deployment-page.tsx'
import { Page } from '../../../../../../parts/page.tsx'

type Props = { params: Promise<{ name: string; id: string }> }

/** `id` is the id of a build or a deployment, or a release as `v12`. */
export default async function OneDeploymentPage({ params }: Props) {
  const { name, id } = await params
  const app = decodeURIComponent(name)
  const wanted = wantedBy(id)
  const deployment = await read((api) => api.deployments.get({ app, deployment: wanted }))
  return (
    <Page>
      <DeploymentPage app={app} initial={deployment} />
      <AsCommand commands={[`berth deployments --app ${app}`]} />
    </Page>
  )
}

function wantedBy(id: string): string | number {
  const version = /^v(\d{1,9})$/.exec(id)?.[1]
  if (version) return Number(version)
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id
  notFound()
}
