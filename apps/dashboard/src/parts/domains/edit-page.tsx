'use client'

import { AreaField, Button, Dialog, FileButton, FileDrop, sayNumber } from '@berth/ui'
import { type FormEvent, useEffect, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import type { CustomPage } from './pages-page.tsx'
import type { HeldRouting } from './use-routing.ts'

/** HAProxy holds a page in one buffer, with its headers (packages/route). */
const mostBytes = 12_000

type EditPageProps = {
  page: CustomPage
  title: string
  isOwn: boolean
  routing: HeldRouting
  mayChange: boolean
  onClose: () => void
}

const readSource = (asked: { app: string; page: CustomPage }) => trpc.routing.source.query(asked)

/** The source of a page. It is not drawn here: a page of the dashboard runs nothing and frames nothing of an app's. */
export function EditPage({ page, title, isOwn, routing, mayChange, onClose }: EditPageProps) {
  const { value: app } = useApp()
  const source = useMutation(readSource)
  const [html, setHtml] = useState(isOwn ? null : '')
  const { run } = source
  useEffect(() => {
    if (isOwn) run({ app: app.name, page }).then((read) => read && setHtml(read.html ?? ''))
  }, [isOwn, run, app.name, page])
  const bytes = new TextEncoder().encode(html ?? '').length
  const save = async (next: string | null) => {
    const asked = { app: app.name, page, html: next }
    if (await routing.run(() => trpc.routing.page.mutate(asked))) onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    return save(html)
  }
  return (
    <Dialog
      wide
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description="HTML of its own: it can load nothing from the app, which cannot answer then. In effect within seconds."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <FileDrop onFile={async (file) => setHtml(await file.text())}>
          <AreaField
            label="Source"
            rows={12}
            autoFocus
            readOnly={!mayChange}
            disabled={html === null}
            value={html ?? ''}
            placeholder={'<!doctype html>\n<title>Back soon</title>\n<h1>Back soon</h1>'}
            hint={`${sayNumber(bytes)} of ${sayNumber(mostBytes)} bytes.${mayChange ? ' Paste it, drop a file here, or choose one.' : ''}`}
            error={bytes > mostBytes ? 'It is too long: pictures and styles are best left small.' : null}
            onChange={(event) => setHtml(event.target.value)}
          />
        </FileDrop>
        {[source.failure, routing.failure].map(
          (failure) => failure && <FailureNotice key={failure.code} failure={failure} />,
        )}
        {mayChange && (
          <div className="flex flex-wrap justify-end gap-2">
            <span className="mr-auto flex gap-2">
              <FileButton
                label="An HTML file"
                accept=".html,.htm"
                onFile={async (file) => setHtml(await file.text())}
              >
                Choose a file
              </FileButton>
              {isOwn && (
                <Button size="small" look="danger" busy={routing.busy} onClick={() => save(null)}>
                  Back to Berth’s page
                </Button>
              )}
            </span>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              type="submit"
              look="primary"
              busy={routing.busy}
              disabled={html === null || html.trim() === '' || bytes > mostBytes}
            >
              Save
            </Button>
          </div>
        )}
      </form>
    </Dialog>
  )
}
