import { ChevronIcon } from '@berth/ui'
import Link from 'next/link'
import { read } from '../../../../../../caller.ts'
import { AsCommand } from '../../../../../../parts/as-command.tsx'
import { AppDrains } from '../../../../../../parts/drains/app-drains.tsx'
import { Page } from '../../../../../../parts/page.tsx'
import { Withheld } from '../../../../../../parts/team-settings/withheld.tsx'

export const metadata = { title: 'Drains' }

export default async function DrainsPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const drains = await read(async (api) => {
    const { can } = await api.apps.get({ app })
    return can.includes('app.drains.view') ? await api.drains.list({ app }) : null
  })
  return (
    <Page>
      <Link
        href={`/apps/${app}/logs`}
        className="-mb-4 inline-flex items-center gap-1 self-start rounded-sm text-sm text-muted hover:text-text"
      >
        <ChevronIcon className="size-3 rotate-180" />
        Back to the log
      </Link>
      {drains === null ? <Withheld /> : <AppDrains initial={drains} />}
      <AsCommand
        commands={[
          `berth drains --app ${app}`,
          `berth drains add syslog+tls://logs.example.com:6514 --app ${app}`,
        ]}
      />
    </Page>
  )
}
