'use client'

import { Button, Menu, MenuItem } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { type ActivityFilter, queryOf } from './activity-filter.ts'

type Format = 'csv' | 'ndjson'
const files = {
  csv: { type: 'text/csv', name: 'activity.csv' },
  ndjson: { type: 'application/x-ndjson', name: 'activity.ndjson' },
} as const

type Wanted = { team: string; filter: ActivityFilter; format: Format }

/** All that the filter lets through, whatever page is shown: the API hands it out a thousand entries at a time. */
export function ExportActivity({ team, filter }: { team: string; filter: ActivityFilter }) {
  const [pages, setPages] = useState(0)
  const { run, busy, failure } = useMutation(async ({ format, ...wanted }: Wanted) => {
    const text = await gather({ format, ...wanted }, setPages)
    save(new Blob([text], { type: files[format].type }), files[format].name)
  })
  const begin = (format: Format) => run({ team, filter, format })
  return (
    <>
      <Menu
        align="end"
        trigger={<Button busy={busy}>{busy && pages > 1 ? `${pages},000 entries so far` : 'Export'}</Button>}
      >
        <MenuItem onSelect={() => begin('csv')}>As CSV, for a spreadsheet</MenuItem>
        <MenuItem onSelect={() => begin('ndjson')}>As JSON, an entry a line</MenuItem>
      </Menu>
      {failure && <FailureNotice failure={failure} className="basis-full" />}
    </>
  )
}

async function gather({ team, filter, format }: Wanted, onPage: (count: number) => void): Promise<string> {
  const query = queryOf({ ...filter, after: undefined }, Date.now())
  const texts: string[] = []
  for (let after: string | undefined; ; ) {
    const { text, next } = await trpc.audit.export.query({ ...query, team, format, after })
    texts.push(text)
    onPage(texts.length)
    if (next === null) return texts.join('')
    after = next
  }
}

function save(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
