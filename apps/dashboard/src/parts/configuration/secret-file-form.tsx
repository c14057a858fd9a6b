'use client'

import { AreaField, Button, Dialog, Field, FileButton, FileDrop } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import type { DraftFile } from './draft.ts'
import { toBase64 } from './to-base64.ts'

type SecretFileFormProps = {
  /** Empty: a new one. */
  name: string
  onSet: (name: string, file: DraftFile) => void
  onClose: () => void
}

const mostBytes = 64 * 1024

export function SecretFileForm({ name: given, onSet, onClose }: SecretFileFormProps) {
  const [name, setName] = useState(given)
  const [bytes, setBytes] = useState<Uint8Array | null>(null)
  const [text, setText] = useState('')
  const [asked, setAsked] = useState(false)
  const content = bytes ?? new TextEncoder().encode(text)
  const nameProblem = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/.test(name)
    ? null
    : 'Letters, digits, dots, _ and -: it becomes the file’s name.'
  const contentProblem =
    content.length === 0
      ? 'It has no content yet.'
      : content.length > mostBytes
        ? 'It is larger than 64 KB.'
        : null
  const choose = async (file: File) => {
    setBytes(new Uint8Array(await file.arrayBuffer()))
    setText('')
    if (name === '') setName(file.name)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (nameProblem || contentProblem) return
    onSet(name, { content: toBase64(content), bytes: content.length })
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={given === '' ? 'Add a secret file' : `Replace ${given}`}
      description="It goes into your draft, and to the instances when you save."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        {given === '' && (
          <Field
            label="Name"
            mono
            autoFocus
            autoComplete="off"
            spellCheck={false}
            value={name}
            placeholder="service-account.json"
            hint={`Instances read it at /run/secrets/${name || 'NAME'}`}
            error={asked ? nameProblem : null}
            onChange={(event) => setName(event.target.value.trim())}
          />
        )}
        <FileDrop onFile={choose}>
          <AreaField
            label="Content"
            rows={6}
            autoComplete="off"
            value={text}
            placeholder={
              bytes ? `${bytes.length} bytes of the file that was chosen` : '-----BEGIN PRIVATE KEY-----'
            }
            hint="Paste it, drop the file here, or choose it. 64 KB at most."
            error={asked ? contentProblem : null}
            onChange={(event) => {
              setText(event.target.value)
              setBytes(null)
            }}
          />
        </FileDrop>
        <div className="flex flex-wrap justify-end gap-2">
          <span className="mr-auto">
            <FileButton label="The secret file" onFile={choose}>
              Choose a file
            </FileButton>
          </span>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Put into the draft
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
