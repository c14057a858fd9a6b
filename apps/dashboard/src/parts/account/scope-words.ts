import type { TokenScope } from '@berth/domain'

/** What a token of each scope may, as packages/people (may.ts) has it. */
export const scopeWords: Record<TokenScope, { words: string; hint: string }> = {
  admin: { words: 'Everything you may', hint: 'For the command line of your own.' },
  deploy: {
    words: 'Deploys',
    hint: 'Makes apps, pushes, scales, restarts and rolls back. Sees no secret value. For what runs your tests.',
  },
  read: {
    words: 'Looks',
    hint: 'At apps, logs and metrics, and fetches code. For a wall of screens, or Prometheus.',
  },
}
