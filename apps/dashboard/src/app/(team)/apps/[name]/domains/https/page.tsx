import { read } from '../../../../../../caller.ts'
import { AsCommand } from '../../../../../../parts/as-command.tsx'
import { HttpsPage } from '../../../../../../parts/domains/https-page.tsx'

export default async function DomainsHttpsPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const [certificates, routing] = await Promise.all([
    read((api) => api.certificates.list({ app })),
    read((api) => api.routing.get({ app })),
  ])
  return (
    <>
      <HttpsPage initial={{ certificates, routing }} />
      <AsCommand
        commands={[
          `berth certs --app ${app}`,
          `berth certs add --cert fullchain.pem --key privkey.pem --app ${app}`,
          `berth routing set --https-redirect on --hsts 1d --app ${app}`,
        ]}
      />
    </>
  )
}
