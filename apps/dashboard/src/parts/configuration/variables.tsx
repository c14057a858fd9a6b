'use client'

import type { ConfigurationView } from '@berth/api'
import { Button, EmptyState, FileDrop, SearchField, Section, sayCount } from '@berth/ui'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { setVariables, variableRows } from './draft.ts'
import { EnvImport } from './env-import.tsx'
import { ExportMenu } from './export-menu.tsx'
import type { HeldDraft } from './use-draft.ts'
import { useValues } from './use-values.ts'
import { VariableForm } from './variable-form.tsx'
import { VariableRow } from './variable-row.tsx'

/** So many are found by looking. */
const searchedFrom = 9

export function Variables({ view, held }: { view: ConfigurationView; held: HeldDraft }) {
  const { value: app } = useApp()
  const mayRead = app.can.includes('app.configuration.read')
  const mayChange = app.can.includes('app.configuration.change')
  const seen = useValues(app.name, view)
  const [adding, setAdding] = useState(false)
  const [imported, setImported] = useState<string | null>(null)
  const [find, setFind] = useFind()
  const rows = variableRows(view, held.draft)
  const shown = rows.filter(({ name }) => name.toLowerCase().includes(find.trim().toLowerCase()))
  const isAllSeen = view.variables.length > 0 && view.variables.every((name) => name in seen.values)
  const takeOver = (variables: Record<string, string>) => {
    held.change((draft) => setVariables(draft, variables))
    setAdding(false)
    setImported(null)
  }
  return (
    <FileDrop onFile={async (file) => mayChange && setImported(await file.text())}>
      <Section
        title="Variables"
        description={
          mayRead
            ? 'In the environment of every instance. Values are hidden until you ask for them, and each look is in the audit log.'
            : 'In the environment of every instance. Your role shows their names; values are for developers and above.'
        }
      >
        <div className="flex flex-wrap items-center gap-2">
          {rows.length >= searchedFrom && (
            <SearchField label="Find a variable" value={find} onChange={setFind} className="mr-auto" />
          )}
          {mayRead && view.variables.length > 0 && (
            <>
              <Button
                size="small"
                busy={seen.busy}
                onClick={() => (isAllSeen ? seen.hide(null) : seen.reveal(null))}
              >
                {isAllSeen ? 'Hide all' : 'Reveal all'}
              </Button>
              <ExportMenu app={app.name} />
            </>
          )}
          {mayChange && (
            <>
              <Button size="small" onClick={() => setImported('')}>
                Paste a .env
              </Button>
              <Button size="small" onClick={() => setAdding(true)} disabled={adding}>
                Add a variable
              </Button>
            </>
          )}
        </div>
        {seen.failure && <FailureNotice failure={seen.failure} />}
        {adding && (
          <VariableForm
            taken={rows.filter(({ state }) => state !== 'removed').map(({ name }) => name)}
            onSet={(name, value) => takeOver({ [name]: value })}
            onEnvText={setImported}
            onCancel={() => setAdding(false)}
          />
        )}
        {rows.length === 0 && !adding && <NoVariables app={app.name} mayChange={mayChange} />}
        {shown.length > 0 && (
          <ul
            aria-label="Variables"
            className="divide-y divide-line rounded-md border border-line bg-surface"
          >
            {shown.map((row) => (
              <VariableRow key={row.name} {...{ row, held, seen, mayRead, mayChange }} />
            ))}
          </ul>
        )}
        {rows.length > 0 && shown.length === 0 && (
          <p role="status" className="py-3 text-muted">
            None of {sayCount(rows.length, 'variable')} has “{find}” in its name.
          </p>
        )}
      </Section>
      {imported !== null && (
        <EnvImport
          app={app.name}
          initial={imported}
          onTakeOver={takeOver}
          onClose={() => setImported(null)}
        />
      )}
    </FileDrop>
  )
}

function NoVariables({ app, mayChange }: { app: string; mayChange: boolean }) {
  return (
    <EmptyState title="No variables yet">
      <p className="max-w-prose text-muted">
        {mayChange
          ? `What differs between your machine and this one: addresses, keys, switches. Add one, paste a .env, or drop the file here.`
          : `Nobody has told ${app} anything yet.`}
      </p>
    </EmptyState>
  )
}

/** In the address: names are no secret. */
function useFind(): [string, (text: string) => void] {
  const router = useRouter()
  const path = usePathname()
  const inAddress = useSearchParams().get('find') ?? ''
  const [find, setFind] = useState(inAddress)
  const change = (text: string) => {
    setFind(text)
    router.replace(text === '' ? path : `${path}?find=${encodeURIComponent(text)}`, { scroll: false })
  }
  return [find, change]
}
