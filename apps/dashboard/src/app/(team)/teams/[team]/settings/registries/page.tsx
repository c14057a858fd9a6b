import { read } from '../../../../../../caller.ts'
import { teamOf } from '../../../../../../own-teams.ts'
import { Registries } from '../../../../../../parts/team-settings/registries.tsx'
import { Withheld } from '../../../../../../parts/team-settings/withheld.tsx'

export const metadata = { title: 'Registries' }

export default async function RegistriesPage({ params }: { params: Promise<{ team: string }> }) {
  const team = await teamOf((await params).team)
  if (team.barred !== null) return null
  if (!team.can.includes('team.registries.view')) return <Withheld />
  const registries = await read((api) => api.registries.list({ team: team.id }))
  return <Registries team={team} initial={registries} />
}
