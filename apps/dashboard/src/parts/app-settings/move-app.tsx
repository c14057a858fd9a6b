'use client'

import type { TeamView } from '@berth/api'
import { ChoiceField, FormDialog } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { ConfirmChange } from '../confirm-change.tsx'

type MoveAppProps = { name: string; teams: TeamView[]; onClose: () => void }

/** First where to, then its name once more. */
export function MoveApp({ name, teams, onClose }: MoveAppProps) {
  const router = useRouter()
  const [to, setTo] = useState(teams[0]?.id ?? '')
  const [isSure, setSure] = useState(false)
  const team = teams.find(({ id }) => id === to)
  if (isSure) {
    return (
      <ConfirmChange
        title={`Move ${name} to ${team?.name}`}
        description="It goes on running, and its address stays. Whoever is in the former team alone sees it no more."
        name={{ label: 'Name of the app', value: name }}
        action="Move it"
        change={() => trpc.teams.transferApp.mutate({ app: name, to })}
        onDone={router.refresh}
        onClose={onClose}
      />
    )
  }
  return (
    <FormDialog
      title={`Move ${name}`}
      action="Go on…"
      danger
      onSubmit={() => setSure(true)}
      onClose={onClose}
    >
      <ChoiceField
        label="To the team"
        value={to}
        options={teams.map(({ id, name: words }) => ({ value: id, words }))}
        onChange={setTo}
      />
    </FormDialog>
  )
}
