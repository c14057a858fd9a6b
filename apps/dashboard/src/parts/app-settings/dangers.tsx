'use client'

import { Button, Item, ItemList, Section } from '@berth/ui'
import { useState } from 'react'
import { useApp } from '../app-frame.tsx'
import { usePlace } from '../frame/place.tsx'
import { MoveApp } from './move-app.tsx'
import { RemoveApp } from './remove-app.tsx'
import { RenameApp } from './rename-app.tsx'

/** What others notice at once, apart from everything harmless. Each asks once more. */
export function Dangers() {
  const { value: app } = useApp()
  const { teams } = usePlace()
  const [asked, setAsked] = useState<'rename' | 'move' | 'remove' | null>(null)
  const { name, can } = app
  const others = teams.filter((team) => team.id !== app.team.id && team.can.includes('app.create'))
  const close = () => setAsked(null)
  if (!can.includes('app.change') && !can.includes('app.transfer') && !can.includes('app.remove')) return null
  return (
    <Section title="Dangerous" className="border-t border-line pt-8">
      <ItemList label="Dangerous">
        {can.includes('app.change') && (
          <Item
            stacks
            title="Rename"
            action={
              <Button look="danger" onClick={() => setAsked('rename')}>
                Rename {name}…
              </Button>
            }
          >
            Its own address and its git remote change with it. Domains of yours stay.
          </Item>
        )}
        {can.includes('app.transfer') && (
          <Item
            stacks
            title="Move to another team"
            action={
              others.length > 0 && (
                <Button look="danger" onClick={() => setAsked('move')}>
                  Move {name}…
                </Button>
              )
            }
          >
            {others.length > 0
              ? `Members of ${app.team.name} lose it. Notifications and registries are the team’s, and stay.`
              : 'You are in no other team that could take it.'}
          </Item>
        )}
        {can.includes('app.remove') && (
          <Item
            stacks
            title="Remove"
            action={
              <Button look="danger" onClick={() => setAsked('remove')}>
                Remove {name}…
              </Button>
            }
          >
            Stops every instance and removes the app with its releases, its repository here and its logs. This
            cannot be undone.
          </Item>
        )}
      </ItemList>
      {asked === 'rename' && <RenameApp name={name} onClose={close} />}
      {asked === 'move' && <MoveApp name={name} teams={others} onClose={close} />}
      {asked === 'remove' && <RemoveApp name={name} onClose={close} />}
    </Section>
  )
}
