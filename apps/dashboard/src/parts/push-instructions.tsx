'use client'

import { CodeBlock } from '@berth/ui'
import { useState } from 'react'

type Remotes = { ssh: string; http: string }
type PushInstructionsProps = {
  remotes: Remotes
  /** Over which of the two; the first of the given ones is shown first. */
  preferHttp?: boolean
}

const tabs = [
  { id: 'ssh', name: 'SSH', note: 'Uses the SSH key of your account.' },
  { id: 'http', name: 'HTTP', note: 'Git asks for a password: give an API token. Any user name will do.' },
] as const

/** The two lines that deploy, with the values of this platform. */
export function PushInstructions({ remotes, preferHttp }: PushInstructionsProps) {
  const [chosen, setChosen] = useState<'ssh' | 'http'>(preferHttp ? 'http' : 'ssh')
  const tab = tabs.find(({ id }) => id === chosen) ?? tabs[0]
  return (
    <div className="flex flex-col gap-3">
      <fieldset className="flex w-fit rounded-md border border-line bg-surface p-0.5">
        <legend className="sr-only">Push over</legend>
        {tabs.map(({ id, name }) => (
          <label
            key={id}
            className="relative cursor-pointer rounded-sm px-3 py-1 text-sm text-muted hover:text-text has-checked:bg-hover has-checked:font-medium has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="remote"
              checked={chosen === id}
              onChange={() => setChosen(id)}
              className="absolute inset-0 cursor-pointer appearance-none opacity-0"
            />
            {name}
          </label>
        ))}
      </fieldset>
      <CodeBlock
        code={`git remote add berth ${remotes[chosen]}\ngit push berth main`}
        label="Commands to deploy"
        prompt
      />
      <p className="text-sm text-muted">{tab.note}</p>
    </div>
  )
}
