'use client'

import type { TeamView } from '@berth/api'
import { ChoiceField, Confirm, FormDialog } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'

const move = (asked: { app: string; to: string }) => trpc.teams.transferApp.mutate(asked)

type MoveAppProps = { name: string; teams: TeamView[]; onClose: () => void }

/** First where to, then its name once more. */
export function MoveApp({ name, teams, onClose }: MoveAppProps) {
  const router = useRouter()
  const [to, setTo] = useState(teams[0]?.id ?? '')
  const [isSure, setSure] = useState(false)
  const { run, busy, failure } = useMutation(move)
  const team = teams.find(({ id }) => id === to)
  if (isSure) {
    return (
      <Confirm
        open
        onOpenChange={onClose}
        title={`Move ${name} to ${team?.name}`}
        description="It goes on running, and its address stays. Whoever is in the former team alone sees it no more."
        name={{ label: 'Name of the app', value: name }}
        action="Move it"
        busy={busy}
        failure={failure && <FailureNotice failure={failure} />}
        onConfirm={async () => {
          if ((await run({ app: name, to })) === undefined) return
          onClose()
          router.refresh()
        }}
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
