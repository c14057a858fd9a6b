'use client'

import type { RoutingView } from '@berth/api'
import { Badge, Button, Item, ItemList, Section } from '@berth/ui'
import { useState } from 'react'
import { useApp } from '../app-frame.tsx'
import { EditPage } from './edit-page.tsx'
import { useRouting } from './use-routing.ts'

export type CustomPage = '502' | '503' | '504' | 'maintenance'

type PageKind = { page: CustomPage; title: string; when: string; seen: string }

/** `seen`: where somebody can look at it. */
const kinds: readonly PageKind[] = [
  {
    page: 'maintenance',
    title: 'Maintenance',
    when: 'While maintenance is on.',
    seen: 'Turn on maintenance and open the app to see it.',
  },
  {
    page: '503',
    title: '503 · no instance',
    when: 'While no instance can take requests: stopped, crashed, or all starting.',
    seen: 'Open the app while it is stopped to see it.',
  },
  {
    page: '502',
    title: '502 · no good answer',
    when: 'When an instance breaks off or answers what is no HTTP.',
    seen: 'It is seen only when that happens.',
  },
  {
    page: '504',
    title: '504 · too late',
    when: 'When an instance does not begin to answer in time.',
    seen: 'It is seen only when that happens.',
  },
]

/** What visitors see when the app cannot answer. */
export function PagesPage({ initial }: { initial: RoutingView }) {
  const { value: app } = useApp()
  const routing = useRouting(initial)
  const [editing, setEditing] = useState<PageKind | null>(null)
  const mayChange = app.can.includes('app.domains.change')
  return (
    <Section
      title="Pages"
      description="What visitors see when the app cannot answer them. Berth has a plain page for each; yours takes its place."
    >
      <ItemList label="Pages">
        {kinds.map((kind) => {
          const isOwn = routing.value.pages.includes(kind.page)
          return (
            <Item
              key={kind.page}
              title={kind.title}
              mark={isOwn ? <Badge tone="accent">your page</Badge> : <Badge>Berth’s page</Badge>}
              action={
                (mayChange || isOwn) && (
                  <Button
                    size="small"
                    aria-label={`${isOwn ? (mayChange ? 'Edit' : 'Show') : 'Write your own'} page for ${kind.page}`}
                    onClick={() => setEditing(kind)}
                  >
                    {isOwn ? (mayChange ? 'Edit' : 'Show') : 'Write your own'}
                  </Button>
                )
              }
            >
              {kind.when} {isOwn && kind.seen}
            </Item>
          )
        })}
      </ItemList>
      {editing && (
        <EditPage
          page={editing.page}
          title={editing.title}
          isOwn={routing.value.pages.includes(editing.page)}
          {...{ routing, mayChange }}
          onClose={() => setEditing(null)}
        />
      )}
    </Section>
  )
}
