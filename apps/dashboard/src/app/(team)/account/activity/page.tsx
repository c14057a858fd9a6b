import { read } from '../../../../caller.ts'
import { filterIn } from '../../../../parts/activity/activity-filter.ts'
import { EntryPages } from '../../../../parts/activity/activity-page.tsx'
import { AsCommand } from '../../../../parts/as-command.tsx'

export const metadata = { title: 'Activity' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** What one did oneself, in every team and beyond; who is not oneself, and was taken for it, is in it too. */
export default async function OwnActivityPage({ searchParams }: Props) {
  const { after } = filterIn(await searchParams)
  const page = await read((api) => api.audit.own({ after }))
  return (
    <>
      <EntryPages page={page} filter={{ after }} own />
      <AsCommand commands={['berth audit --own']} />
    </>
  )
}
