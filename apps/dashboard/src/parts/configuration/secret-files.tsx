'use client'

import type { ConfigurationView } from '@berth/api'
import { Button, IconButton, Item, ItemList, RemoveIcon, Section, saySize, UndoIcon } from '@berth/ui'
import { useState } from 'react'
import { fileRows, forgetFile, setFile, unsetFile } from './draft.ts'
import { SecretFileForm } from './secret-file-form.tsx'
import type { HeldDraft } from './use-draft.ts'
import { DraftBadge } from './variable-row.tsx'

type SecretFilesProps = { view: ConfigurationView; held: HeldDraft; mayChange: boolean }

/** Files for the instances. Their content goes in, and comes out in instances alone. */
export function SecretFiles({ view, held, mayChange }: SecretFilesProps) {
  const [editing, setEditing] = useState<string | null>(null)
  const rows = fileRows(view, held.draft)
  return (
    <Section
      title="Secret files"
      description="Keys and certificates. Every instance finds them under /run/secrets; their content is never shown again."
      action={
        mayChange && (
          <Button size="small" onClick={() => setEditing('')}>
            Add a file
          </Button>
        )
      }
    >
      {rows.length === 0 ? (
        <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">
          No secret files. What a program reads as a file, and nobody else should, belongs here.
        </p>
      ) : (
        <ItemList label="Secret files">
          {rows.map(({ name, state, bytes }) => (
            <Item
              key={name}
              title={
                <code className={`text-sm ${state === 'removed' ? 'text-muted line-through' : ''}`}>
                  {name}
                </code>
              }
              mark={<DraftBadge state={state} />}
              action={
                mayChange && (
                  <>
                    {state !== 'kept' && (
                      <IconButton
                        label={`Undo the change of ${name}`}
                        icon={<UndoIcon />}
                        onClick={() => held.change((draft) => forgetFile(draft, name))}
                      />
                    )}
                    {state !== 'removed' && (
                      <>
                        <Button
                          size="small"
                          look="quiet"
                          aria-label={`Replace ${name}`}
                          onClick={() => setEditing(name)}
                        >
                          Replace
                        </Button>
                        <IconButton
                          label={`Remove ${name}`}
                          icon={<RemoveIcon />}
                          danger
                          onClick={() => held.change((draft) => unsetFile(draft, name, state !== 'new'))}
                        />
                      </>
                    )}
                  </>
                )
              }
            >
              /run/secrets/{name} · {bytes < 1024 ? `${bytes} bytes` : saySize(bytes)}
            </Item>
          ))}
        </ItemList>
      )}
      {editing !== null && (
        <SecretFileForm
          name={editing}
          onSet={(name, file) => {
            held.change((draft) => setFile(draft, name, file))
            setEditing(null)
          }}
          onClose={() => setEditing(null)}
        />
      )}
    </Section>
  )
}
