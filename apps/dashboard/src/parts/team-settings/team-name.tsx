'use client'

import type { TeamView } from '@berth/api'
import { Button, Field, Section } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'

const rename = (asked: { team: string; name: string }) => trpc.teams.rename.mutate(asked)

export function TeamName({ team }: { team: TeamView }) {
  const router = useRouter()
  const [name, setName] = useState(team.name)
  const { run, busy, failure } = useMutation(rename)
  if (!team.can.includes('team.change')) {
    return (
      <Section title="Name" description="Owners of the team change it.">
        <p className="font-medium">{team.name}</p>
      </Section>
    )
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if ((await run({ team: team.id, name })) === undefined) return
    // By its id: the address held the former name.
    router.replace(`/teams/${team.id}/settings`)
    router.refresh()
  }
  return (
    <Section title="Name" description="Its pages get another address with it. Apps and their addresses stay.">
      <form onSubmit={submit} className="flex max-w-md flex-col gap-4">
        <Field
          label="Name of the team"
          required
          maxLength={200}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {failure && <FailureNotice failure={failure} />}
        <div>
          <Button type="submit" busy={busy} disabled={name.trim() === '' || name.trim() === team.name}>
            Rename the team
          </Button>
        </div>
      </form>
    </Section>
  )
}
