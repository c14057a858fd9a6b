import type { ReactNode } from 'react'
import { appOf } from '../../../../own-teams.ts'
import { AppFrame } from '../../../../parts/app-frame.tsx'

type Props = { children: ReactNode; params: Promise<{ name: string }> }

export async function generateMetadata({ params }: Props) {
  return { title: decodeURIComponent((await params).name) }
}

export default async function AppLayout({ children, params }: Props) {
  const name = decodeURIComponent((await params).name)
  return <AppFrame initial={await appOf(name)}>{children}</AppFrame>
}
