import type { ReactNode } from 'react'
import { teamOf } from '../../../../../own-teams.ts'
import { SettingsFrame } from '../../../../../parts/team-settings/settings-frame.tsx'

type Props = { children: ReactNode; params: Promise<{ team: string }> }

export default async function TeamSettingsLayout({ children, params }: Props) {
  return <SettingsFrame team={await teamOf((await params).team)}>{children}</SettingsFrame>
}
