import { EmptyState } from '@berth/ui'

/** For who came by an address that was not offered to them. */
export function Withheld() {
  return (
    <EmptyState title="This is for developers, admins and owners of the team.">
      <p className="text-muted">Ask one of them to look, or an admin for another role.</p>
    </EmptyState>
  )
}
