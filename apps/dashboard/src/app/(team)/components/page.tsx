import { notFound } from 'next/navigation'
import { ownTeams } from '../../../own-teams.ts'
import { Gallery } from '../../../parts/gallery/gallery.tsx'

export const metadata = { title: 'Components' }

/** For whoever works on the components: to everybody while developing, later to those who look after the machine. */
export default async function ComponentsPage() {
  const teams = await ownTeams()
  const isMachinist = teams.some(({ can }) => can.includes('machine.view'))
  if (process.env.NODE_ENV !== 'development' && !isMachinist) notFound()
  return <Gallery />
}
