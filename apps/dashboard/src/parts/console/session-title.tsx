import { StateMark } from '@berth/ui'
import type { SessionState } from '../../live/use-terminal-session.ts'
import { ownPlace, type Place } from './session-of.ts'

/** Whether it is joined, and to what. */
export function SessionTitle({ state, place }: { state: SessionState; place: Place }) {
  return (
    <>
      <span className="truncate font-mono">{state.kind === 'open' ? state.name : nameOf(place)}</span>
      <span role="status">
        <StateMark {...markOf(state)} quietWord />
      </span>
    </>
  )
}

function nameOf(place: Place): string {
  return place === ownPlace ? 'one-off' : place
}

function markOf({ kind }: SessionState) {
  if (kind === 'open') return { shape: 'circle', tone: 'good', word: 'Connected' } as const
  if (kind === 'connecting') return { shape: 'ring', tone: 'accent', word: 'Connecting' } as const
  return { shape: 'square', tone: 'grey', word: kind === 'over' ? 'Ended' : 'Not connected' } as const
}
