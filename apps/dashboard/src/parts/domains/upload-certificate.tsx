'use client'

import { AreaField, FileButton, FileDrop, FormDialog } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'

const add = (given: { app: string; certificate: string; key: string }) => trpc.certificates.add.mutate(given)

/** PEM, pasted or dropped. The key goes in, and is shown to nobody again. */
export function UploadCertificate({ onAdded, onClose }: { onAdded: () => void; onClose: () => void }) {
  const { value: app } = useApp()
  const [certificate, setCertificate] = useState('')
  const [key, setKey] = useState('')
  const { run, busy, failure } = useMutation(add)
  const submit = async () => {
    if ((await run({ app: app.name, certificate, key })) === undefined) return
    onAdded()
    onClose()
  }
  /** One file often holds both. */
  const take = (set: (text: string) => void) => async (file: File) => {
    const text = await file.text()
    const isBoth = text.includes('PRIVATE KEY-----') && text.includes('BEGIN CERTIFICATE-----')
    if (!isBoth) return set(text)
    setCertificate(text.replace(keyBlock, '').trim())
    setKey(keyBlock.exec(text)?.[0] ?? '')
  }
  return (
    <FormDialog
      wide
      title="Add a certificate"
      description="It has to be for one of the app’s domains. In effect from the next connection on."
      action="Check and add"
      busy={busy}
      disabled={certificate.trim() === '' || key.trim() === ''}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onClose={onClose}
    >
      <Pem
        label="Certificate, with those that lead to its authority"
        begins="-----BEGIN CERTIFICATE-----"
        value={certificate}
        onText={setCertificate}
        onFile={take(setCertificate)}
      />
      <Pem
        label="Private key, without a pass phrase"
        begins="-----BEGIN PRIVATE KEY-----"
        hint="Kept encrypted, and never shown again."
        value={key}
        onText={setKey}
        onFile={take(setKey)}
      />
    </FormDialog>
  )
}

const keyBlock = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/

type PemProps = {
  label: string
  begins: string
  hint?: string
  value: string
  onText: (text: string) => void
  onFile: (file: File) => void
}

function Pem({ label, begins, hint, value, onText, onFile }: PemProps) {
  return (
    <FileDrop onFile={onFile} className="flex flex-col items-start gap-2">
      <AreaField
        label={label}
        rows={5}
        className="w-full"
        autoComplete="off"
        value={value}
        placeholder={begins}
        hint={`PEM: paste it, drop the file here, or choose it.${hint ? ` ${hint}` : ''}`}
        onChange={(event) => onText(event.target.value)}
      />
      <FileButton label={label} accept=".pem,.crt,.cer,.key" onFile={onFile}>
        Choose a file
      </FileButton>
    </FileDrop>
  )
}
