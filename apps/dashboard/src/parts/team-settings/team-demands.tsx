'use client'

import type { MembersView, SignOnView, TeamView } from '@berth/api'
import { Button, ChoiceField, Notice, Section } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'

const demand = (asked: { team: string; secondFactor: boolean; signOn: string | null }) =>
  trpc.teams.demand.mutate(asked)

/** One of these counts: a provider answers for its own factors. */
type Demand = 'nothing' | 'second-factor' | `sign-on ${string}`

type TeamDemandsProps = { team: TeamView; members: MembersView['members']; providers: SignOnView[] }

export function TeamDemands({ team, members, providers }: TeamDemandsProps) {
  const router = useRouter()
  const now = demandOf(team.demands)
  const [chosen, choose] = useState<Demand>(now)
  const { run, busy, failure } = useMutation(demand)
  if (!team.can.includes('team.change')) {
    return (
      <Section title="Asked of members" description="Owners of the team change it.">
        <p>{sayDemand(now)}</p>
      </Section>
    )
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const signOn = chosen.startsWith('sign-on ') ? chosen.slice('sign-on '.length) : null
    const saved = await run({ team: team.id, secondFactor: chosen === 'second-factor', signOn })
    if (saved) router.refresh()
  }
  return (
    <Section
      title="Asked of members"
      description="What each must have shown before they may do anything in the team: here, on the command line and with git."
    >
      <form onSubmit={submit} className="flex max-w-xl flex-col gap-4">
        <ChoiceField
          label="To get in, members need"
          value={chosen}
          options={[...demands, ...providers.map(signOnOption)]}
          onChange={choose}
        />
        {chosen === 'second-factor' && <KeptOut members={members} />}
        {failure && <FailureNotice failure={failure} />}
        <div>
          <Button type="submit" busy={busy} disabled={chosen === now}>
            {chosen === now ? 'Save' : chosen === 'nothing' ? 'Ask for nothing more' : 'Ask for this'}
          </Button>
        </div>
      </form>
    </Section>
  )
}

const demands: { value: Demand; words: string; hint: string }[] = [
  { value: 'nothing', words: 'Any way in', hint: 'A password is enough.' },
  {
    value: 'second-factor',
    words: 'A second factor',
    hint: 'An authenticator’s code behind the password, a passkey, or a provider that vouches for them.',
  },
]

function signOnOption({ name, domains }: SignOnView): { value: Demand; words: string; hint: string } {
  return { value: `sign-on ${name}`, words: `Sign-on with ${name}`, hint: `For ${domains.join(', ')}.` }
}

function demandOf({ secondFactor, signOn }: TeamView['demands']): Demand {
  if (signOn !== null) return `sign-on ${signOn}`
  return secondFactor ? 'second-factor' : 'nothing'
}

function sayDemand(demanded: Demand): string {
  if (demanded === 'nothing') return 'Nothing beyond the password.'
  return demanded === 'second-factor'
    ? 'A second factor: an authenticator or a passkey.'
    : `To sign in with ${demanded.slice('sign-on '.length)}.`
}

function KeptOut({ members }: Pick<TeamDemandsProps, 'members'>) {
  const without = members.filter(({ secondFactor }) => !secondFactor).map(({ name }) => name)
  if (without.length === 0) return null
  const shown = without.length > 4 ? [...without.slice(0, 3), `${without.length - 3} others`] : without
  return (
    <Notice tone="warn" title={`Kept out until they set one up: ${shown.join(', ')}.`}>
      They are led to their account, where it takes a minute.
    </Notice>
  )
}
