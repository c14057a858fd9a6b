'use client'

import type { MemberView, TeamView } from '@berth/api'
import {
  Button,
  Cell,
  Menu,
  MenuItem,
  MenuLine,
  MoreIcon,
  RelativeTime,
  Row,
  StateMark,
  Table,
} from '@berth/ui'
import { useState } from 'react'
import { usePlace } from '../frame/place.tsx'
import { ChangeRole } from './change-role.tsx'
import { LeaveTeam } from './leave-team.tsx'
import { RemoveMember } from './remove-member.tsx'
import { sayRole } from './role-words.ts'

type MemberTableProps = { team: TeamView; members: MemberView[]; onChanged: () => void }
type Asked = { kind: 'role' | 'remove' | 'leave'; email: string }

export function MemberTable({ team, members, onChanged }: MemberTableProps) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const member = members.find(({ email }) => email === asked?.email)
  const close = () => setAsked(null)
  const done = () => {
    close()
    onChanged()
  }
  const dialog = { team, onDone: done, onCancel: close }
  return (
    <>
      <Table label="Members" head={['Person', 'Role', 'Second factor', 'Member since', 'More']}>
        {members.map((each) => (
          <MemberRow
            key={each.email}
            member={each}
            team={team}
            onAsk={(kind) => setAsked({ kind, email: each.email })}
          />
        ))}
      </Table>
      {member && asked?.kind === 'role' && <ChangeRole member={member} {...dialog} />}
      {member && asked?.kind === 'remove' && <RemoveMember member={member} {...dialog} />}
      {asked?.kind === 'leave' && <LeaveTeam team={team} members={members} onCancel={close} />}
    </>
  )
}

type MemberRowProps = { member: MemberView; team: TeamView; onAsk: (kind: Asked['kind']) => void }

function MemberRow({ member, team, onAsk }: MemberRowProps) {
  const { me } = usePlace()
  const isSelf = member.email === me.email
  return (
    <Row>
      <Cell wide className="sm:w-[40%]">
        <div className="flex items-center gap-2">
          <span className="truncate font-medium">{member.name}</span>
          {isSelf && <span className="text-sm text-muted">you</span>}
        </div>
        <div className="truncate text-sm text-muted">{member.email}</div>
      </Cell>
      <Cell>{sayRole(member.role)}</Cell>
      <Cell>
        <Factor member={member} isAsked={team.demands.secondFactor} />
      </Cell>
      <Cell className="text-muted max-sm:hidden">
        <RelativeTime at={member.since} />
      </Cell>
      <Cell className="w-px text-right max-sm:ml-auto">
        <MemberMenu member={member} isSelf={isSelf} onAsk={onAsk} />
      </Cell>
    </Row>
  )
}

/** A team may ask for it: whoever has none is kept out until they set one up. */
function Factor({ member, isAsked }: { member: MemberView; isAsked: boolean }) {
  if (member.secondFactor) return <StateMark shape="check" tone="good" word="Set up" quietWord />
  if (isAsked) return <StateMark shape="half" tone="warn" word="None yet: kept out" />
  return (
    <span className="text-muted">
      None<span className="sm:sr-only"> as second factor</span>
    </span>
  )
}

type MemberMenuProps = { member: MemberView; isSelf: boolean; onAsk: (kind: Asked['kind']) => void }

function MemberMenu({ member, isSelf, onAsk }: MemberMenuProps) {
  const mayChange = member.mayBecome.length > 0
  if (!mayChange && !isSelf) return null
  return (
    <Menu
      align="end"
      trigger={
        <Button look="quiet" size="small" aria-label={`More for ${member.name}`}>
          <MoreIcon />
        </Button>
      }
    >
      {mayChange && <MenuItem onSelect={() => onAsk('role')}>Change role…</MenuItem>}
      {mayChange && <MenuLine />}
      {isSelf ? (
        <MenuItem danger onSelect={() => onAsk('leave')}>
          Leave the team…
        </MenuItem>
      ) : (
        <MenuItem danger onSelect={() => onAsk('remove')}>
          Remove from the team…
        </MenuItem>
      )}
    </Menu>
  )
}
