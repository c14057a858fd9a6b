'use client'

import { Section, type Theme } from '@berth/ui'
import type { ComponentType, ReactNode } from 'react'
import { Page, PageTitle } from '../page.tsx'
import { Buttons, Floats } from './gallery-actions.tsx'
import { Drawings, Icons } from './gallery-drawings.tsx'
import { Choices, Fields, Filters } from './gallery-inputs.tsx'
import { Lists, Navigation } from './gallery-lists.tsx'
import { Colours, Marks, Messages, Places } from './gallery-marks.tsx'

const parts: readonly { title: string; part: ComponentType }[] = [
  { title: 'Colours and type', part: Colours },
  { title: 'Buttons', part: Buttons },
  { title: 'What opens over a page', part: Floats },
  { title: 'Fields', part: Fields },
  { title: 'Choices', part: Choices },
  { title: 'Filters', part: Filters },
  { title: 'States and words', part: Marks },
  { title: 'Messages', part: Messages },
  { title: 'Places of what is on its way', part: Places },
  { title: 'Lists', part: Lists },
  { title: 'The way between pages', part: Navigation },
  { title: 'Drawings', part: Drawings },
  { title: 'Icons', part: Icons },
]

/**
 * Every component of packages/ui in every state, light beside dark: for whoever works on them. What opens over the page
 * takes the look of the page itself.
 */
export function Gallery() {
  return (
    <Page wide>
      <PageTitle>Components</PageTitle>
      {parts.map(({ title, part: Part }) => (
        <Section key={title} title={title}>
          <div className="grid gap-4 xl:grid-cols-2">
            <Half look="light">
              <Part />
            </Half>
            <Half look="dark">
              <Part />
            </Half>
          </div>
        </Section>
      ))}
    </Page>
  )
}

function Half({ look, children }: { look: Theme; children: ReactNode }) {
  return (
    <div
      data-theme={look}
      className="flex min-w-0 flex-col gap-6 rounded-md border border-line bg-canvas p-6 text-text max-sm:p-4"
    >
      {children}
    </div>
  )
}
