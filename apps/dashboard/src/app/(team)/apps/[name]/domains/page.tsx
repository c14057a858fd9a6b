import { toBerthError } from '@berth/api'
import type { FrontAddress } from '@berth/observe'
import { type Caller, read } from '../../../../../caller.ts'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { DomainList } from '../../../../../parts/domains/domain-list.tsx'

export default async function DomainsPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const [domains, certificates, target] = await Promise.all([
    read((api) => api.domains.list({ app })),
    read((api) => api.certificates.list({ app })),
    read((api) => targetOf(api, app)),
  ])
  return (
    <>
      <DomainList initial={{ domains, certificates }} target={target} at={Date.now()} />
      <AsCommand
        commands={[
          `berth domains --app ${app}`,
          `berth domains add www.example.com --app ${app}`,
          `berth domains verify www.example.com --app ${app}`,
        ]}
      />
    </>
  )
}

/** Null: the worker does not answer. The rest of the page still holds. */
async function targetOf(api: Caller, app: string): Promise<FrontAddress | null> {
  try {
    return await api.domains.target({ app })
  } catch (thrown) {
    if (toBerthError(thrown)?.code.startsWith('LIVE.')) return null
    throw thrown
  }
}
