import { read } from '../../../../../caller.ts'
import { teamOf } from '../../../../../own-teams.ts'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { SignOnProviders } from '../../../../../parts/team-settings/sign-on-providers.tsx'
import { TeamDemands } from '../../../../../parts/team-settings/team-demands.tsx'
import { TeamName } from '../../../../../parts/team-settings/team-name.tsx'

export const metadata = { title: 'Settings' }

export default async function TeamSettingsPage({ params }: { params: Promise<{ team: string }> }) {
  const team = await teamOf((await params).team)
  if (team.barred !== null) return null
  const [{ members }, providers] = await read((api) =>
    Promise.all([api.members.list({ team: team.id }), api.teams.signOn({ team: team.id })]),
  )
  return (
    <>
      <TeamName key={team.name} team={team} />
      <TeamDemands team={team} members={members} providers={providers} />
      <SignOnProviders providers={providers} />
      {team.can.includes('team.change') && (
        <AsCommand commands={['berth teams rename Port', 'berth teams demand --second-factor yes']} />
      )}
    </>
  )
}
