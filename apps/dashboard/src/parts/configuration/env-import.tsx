'use client'

import type { EnvPreview } from '@berth/release'
import {
  AreaField,
  Badge,
  Button,
  Dialog,
  FileButton,
  FileDrop,
  Notice,
  sayCount,
  type Tone,
} from '@berth/ui'
import { useEffect, useRef, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'

type EnvImportProps = {
  app: string
  /** What was pasted or dropped already; empty: nothing yet. */
  initial: string
  onTakeOver: (variables: Record<string, string>) => void
  onClose: () => void
}

/** A .env, read by the parser that reads it everywhere, shown as what it would change before it becomes a draft. */
export function EnvImport({ app, initial, onTakeOver, onClose }: EnvImportProps) {
  const [text, setText] = useState(initial)
  const [preview, setPreview] = useState<EnvPreview | null>(null)
  const { run, busy, failure } = useMutation((read: string) =>
    trpc.configuration.preview.mutate({ app, text: read }),
  )
  const look = async (read: string) => {
    setText(read)
    setPreview(read.trim() === '' ? null : ((await run(read)) ?? null))
  }
  const first = useRef(look)
  useEffect(() => {
    if (initial !== '') first.current(initial)
  }, [initial])
  const taken = preview?.variables.filter(({ outcome }) => outcome !== 'unchanged') ?? []
  return (
    <Dialog
      wide
      open
      onOpenChange={(open) => !open && onClose()}
      title="Take over a .env"
      description="Nothing is saved yet: what differs goes into your draft."
    >
      <FileDrop onFile={async (file) => look(await file.text())}>
        <AreaField
          label="The file’s lines"
          rows={preview ? 4 : 9}
          autoFocus
          autoComplete="off"
          value={text}
          placeholder={'DATABASE_URL=postgres://…\n# comments and empty lines are fine\nGREETING="two words"'}
          hint="Paste them, or drop the file here."
          onPaste={(event) => {
            if (text !== '') return
            event.preventDefault()
            look(event.clipboardData.getData('text'))
          }}
          onChange={(event) => {
            setText(event.target.value)
            setPreview(null)
          }}
        />
      </FileDrop>
      {failure && <FailureNotice failure={failure} />}
      {preview && <Outcome preview={preview} />}
      <div className="flex flex-wrap justify-end gap-2">
        <span className="mr-auto">
          <FileButton label="A .env file" onFile={async (file) => look(await file.text())}>
            Choose a file
          </FileButton>
        </span>
        <Button onClick={onClose}>Cancel</Button>
        {preview ? (
          <Button
            look="primary"
            disabled={taken.length === 0}
            onClick={() => onTakeOver(Object.fromEntries(taken.map(({ name, value }) => [name, value])))}
          >
            {taken.length === 0
              ? 'Nothing differs'
              : `Put ${sayCount(taken.length, 'variable')} into the draft`}
          </Button>
        ) : (
          <Button look="primary" busy={busy} disabled={text.trim() === ''} onClick={() => look(text)}>
            Preview
          </Button>
        )}
      </div>
    </Dialog>
  )
}

const outcomes: Record<EnvPreview['variables'][number]['outcome'], { tone: Tone; word: string }> = {
  new: { tone: 'good', word: 'new' },
  changed: { tone: 'accent', word: 'changed' },
  unchanged: { tone: 'grey', word: 'unchanged' },
}

const previewClass = 'max-h-64 overflow-y-auto rounded-md border border-line'

function Outcome({ preview: { variables, refused } }: { preview: EnvPreview }) {
  return (
    <div className="flex flex-col gap-3" role="status">
      {refused.length > 0 && (
        <Notice tone="warn" title={`${sayCount(refused.length, 'line')} cannot be taken over`}>
          <ul className="flex flex-col gap-0.5">
            {refused.map(({ line, reason }) => (
              <li key={`${line} ${reason}`}>
                Line {line}: {reason}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {variables.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section aria-label="Preview" tabIndex={0} className={previewClass}>
          <ul className="divide-y divide-line">
            {variables.map(({ name, line, outcome }) => (
              <li key={name} className="flex items-center gap-3 px-3 py-1.5">
                <code className="min-w-0 flex-1 text-sm break-all">{name}</code>
                <span className="text-xs text-faint tabular-nums">line {line}</span>
                <Badge tone={outcomes[outcome].tone}>{outcomes[outcome].word}</Badge>
              </li>
            ))}
          </ul>
        </section>
      )}
      {variables.length === 0 && refused.length === 0 && (
        <p className="text-muted">There is no variable in it: only comments and empty lines.</p>
      )}
    </div>
  )
}
