'use client'

import type { TeamView } from '@berth/api'
import { Button, ChoiceField, ConfirmByName, Dialog } from '@berth/ui'
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
      <ConfirmByName
        open
        onOpenChange={onClose}
        title={`Move ${name} to ${team?.name}`}
        description="It goes on running, and its address stays. Whoever is in the former team alone sees it no more."
        label="Name of the app"
        name={name}
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
    <Dialog open onOpenChange={onClose} title={`Move ${name}`}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setSure(true)
        }}
      >
        <ChoiceField
          label="To the team"
          value={to}
          options={teams.map(({ id, name: words }) => ({ value: id, words }))}
          onChange={setTo}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger">
            Go on…
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
