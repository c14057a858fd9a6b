import { read } from '../../../../../caller.ts'
import { teamOf } from '../../../../../own-teams.ts'
import { MembersPage } from '../../../../../parts/members/members-page.tsx'
import { Page } from '../../../../../parts/page.tsx'

export const metadata = { title: 'Members' }

export default async function TeamMembersPage({ params }: { params: Promise<{ team: string }> }) {
  const team = await teamOf((await params).team)
  if (team.barred !== null) return null
  const members = await read((api) => api.members.list({ team: team.id }))
  return (
    <Page>
      <MembersPage team={team} initial={members} />
    </Page>
  )
}
