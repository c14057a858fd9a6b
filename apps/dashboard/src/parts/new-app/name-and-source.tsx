'use client'

import type { AppDetail, BegunBuild } from '@berth/api'
import type { ErrorRecord } from '@berth/domain'
import { Button, CheckField, Field, Notice, SelectField } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import type { TeamChoice, Way } from './new-app.tsx'

type NameAndSourceProps = {
  way: Way
  ending: string
  teams: readonly TeamChoice[]
  team: string
  onTeam: (id: string) => void
  /** An app that is there already; null: it is made first. */
  made: AppDetail | null
  onMade: (app: AppDetail) => void
}

const create = (app: { name: string; team: string }) => trpc.apps.create.mutate(app)
const deploy = ({ app, way, ...source }: Source & { app: string; way: Way }): Promise<BegunBuild> =>
  way === 'image'
    ? trpc.deploy.image.mutate({ app, reference: source.reference.trim(), pull: source.pull })
    : trpc.deploy.git.mutate({ app, url: source.url.trim(), ref: source.ref.trim() || null })

type Source = { reference: string; pull: boolean; url: string; ref: string }

/** One form: whose app, its name, and what is deployed. An app that was made stays, whatever becomes of its first deployment. */
export function NameAndSource(props: NameAndSourceProps) {
  const { way, ending, teams, team, onTeam, made, onMade } = props
  const router = useRouter()
  const [name, setName] = useState('')
  const [source, setSource] = useState<Source>({ reference: '', pull: false, url: '', ref: '' })
  const naming = useMutation(create)
  const deploying = useMutation(deploy)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    deploying.clear()
    const app = made ?? (await naming.run({ name, team }))
    if (app === undefined) return
    onMade(app)
    if (way === 'push') return
    const begun = await deploying.run({ app: app.name, way, ...source })
    if (begun) router.push(`/apps/${app.name}/deployments/${begun.buildId}`)
  }
  return (
    <form onSubmit={submit} className="flex max-w-lg flex-col gap-5">
      {made === null ? (
        <>
          {teams.length > 1 && (
            <SelectField
              label="Team"
              value={team}
              options={teams.map(({ id, name }) => ({ value: id, words: name }))}
              onChange={onTeam}
            />
          )}
          <NameField
            {...{ name, ending }}
            failure={naming.failure}
            onChange={(given) => {
              setName(given)
              naming.clear()
            }}
          />
        </>
      ) : (
        <Notice tone="good" title={`${made.name} is there.`}>
          Say what its first deployment comes from.
        </Notice>
      )}
      {way !== 'push' && (
        <SourceFields way={way} source={source} onChange={(change) => setSource({ ...source, ...change })} />
      )}
      {deploying.failure && <FailureNotice failure={deploying.failure} />}
      <div>
        <Button type="submit" look="primary" busy={naming.busy || deploying.busy}>
          {way === 'push' ? 'Create app' : made === null ? 'Create and deploy' : 'Deploy'}
        </Button>
      </div>
    </form>
  )
}

type NameFieldProps = {
  name: string
  ending: string
  failure: ErrorRecord | null
  onChange: (name: string) => void
}

function NameField({ name, ending, failure, onChange }: NameFieldProps) {
  return (
    <Field
      label="Name"
      name="name"
      required
      autoFocus
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      mono
      value={name}
      placeholder="my-app"
      onChange={(event) => onChange(event.target.value)}
      error={failure && `${failure.message} ${failure.hint}`}
      hint={
        <>
          It will answer at{' '}
          <span className="font-mono text-xs break-all text-text">
            {name || 'my-app'}
            {ending}
          </span>
        </>
      }
    />
  )
}

type SourceFieldsProps = { way: Way; source: Source; onChange: (change: Partial<Source>) => void }

function SourceFields({ way, source, onChange }: SourceFieldsProps) {
  const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false, mono: true } as const
  if (way === 'image')
    return (
      <>
        <Field
          {...plain}
          label="Image"
          required
          value={source.reference}
          placeholder="ghcr.io/you/app:1.4"
          onChange={(event) => onChange({ reference: event.target.value })}
          hint="As docker names it. A private registry is signed in to in the settings of the team."
        />
        <CheckField
          label="Ask the registry, even if the image is here"
          hint="For a tag that moves, as latest does."
          checked={source.pull}
          onChange={(event) => onChange({ pull: event.target.checked })}
        />
      </>
    )
  return (
    <>
      <Field
        {...plain}
        label="Git URL"
        type="url"
        required
        value={source.url}
        placeholder="https://github.com/you/app.git"
        onChange={(event) => onChange({ url: event.target.value })}
        hint="Without a password: what it says is kept with the build."
      />
      <Field
        {...plain}
        label="Branch, tag or commit"
        value={source.ref}
        placeholder="main"
        onChange={(event) => onChange({ ref: event.target.value })}
        hint="Empty: the branch that the repository calls its own."
      />
    </>
  )
}
