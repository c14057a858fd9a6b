import { read } from '../../../../../../caller.ts'
import { teamOf } from '../../../../../../own-teams.ts'
import { Notifications } from '../../../../../../parts/team-settings/notifications.tsx'
import { Withheld } from '../../../../../../parts/team-settings/withheld.tsx'

export const metadata = { title: 'Notifications' }

export default async function NotificationsPage({ params }: { params: Promise<{ team: string }> }) {
  const { id: team, ...shown } = await teamOf((await params).team)
  if (shown.barred !== null) return null
  if (!shown.can.includes('team.notifications.view')) return <Withheld />
  const [targets, deliveries, apps] = await read((api) =>
    Promise.all([
      api.notifications.list({ team }),
      api.notifications.deliveries({ team }),
      api.apps.list({ team }),
    ]),
  )
  return (
    <Notifications
      team={{ id: team, ...shown }}
      initial={{ targets, deliveries }}
      apps={apps.map(({ name }) => name)}
    />
  )
}
