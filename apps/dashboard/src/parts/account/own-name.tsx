'use client'

import { Button, Field, Said, type SaidText, Section } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'

const rename = (name: string) => trpc.people.rename.mutate({ name })

export function OwnName({ name: before }: { name: string }) {
  const router = useRouter()
  const [name, setName] = useState(before)
  const [said, setSaid] = useState<SaidText | null>(null)
  const { run, busy, failure } = useMutation(rename)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const saved = await run(name)
    if (saved === undefined) return
    setName(saved.name)
    setSaid({ title: `You are ${saved.name} from now on.` })
    router.refresh()
  }
  return (
    <Section title="Name" description="As your teams see you. What you did before keeps the name of then.">
      <form onSubmit={submit} className="flex max-w-md flex-col gap-4">
        <Field
          label="Your name"
          required
          maxLength={80}
          autoComplete="name"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {failure && <FailureNotice failure={failure} />}
        <Said said={said} onRead={() => setSaid(null)} />
        <div>
          <Button type="submit" busy={busy} disabled={name.trim() === '' || name.trim() === before}>
            Save the name
          </Button>
        </div>
      </form>
    </Section>
  )
}
