import { read } from '../../../../caller.ts'
import { WaysIn } from '../../../../parts/account/ways-in.tsx'

export const metadata = { title: 'Signing in' }

export default async function SecurityPage() {
  const [{ email }, ways] = await read((api) => Promise.all([api.people.me(), api.people.waysIn()]))
  return <WaysIn email={email} initial={ways} />
}
