import type { ReactNode } from 'react'
import { teamOf } from '../../../../own-teams.ts'
import { TeamFrame } from '../../../../parts/frame/team-frame.tsx'

type Props = { children: ReactNode; params: Promise<{ team: string }> }

export default async function TeamPagesLayout({ children, params }: Props) {
  return <TeamFrame team={await teamOf((await params).team)}>{children}</TeamFrame>
}
