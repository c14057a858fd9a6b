import { redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { lastTeam } from '../../../own-teams.ts'
import { TeamFrame } from '../../../parts/frame/team-frame.tsx'

/** The machine is no team's: around it stand the pages of the team that was looked at last. */
export default async function MachineLayout({ children }: { children: ReactNode }) {
  const team = await lastTeam()
  if (team === null) redirect('/')
  return <TeamFrame team={team}>{children}</TeamFrame>
}
