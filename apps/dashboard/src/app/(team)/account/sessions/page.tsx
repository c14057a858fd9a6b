import { read } from '../../../../caller.ts'
import { Sessions } from '../../../../parts/account/sessions.tsx'

export const metadata = { title: 'Sessions' }

export default async function SessionsPage() {
  return <Sessions initial={await read((api) => api.people.sessions.list())} />
}
