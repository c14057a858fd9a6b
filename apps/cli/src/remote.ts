import type { AppRouter } from '@berth/api'
import { failureOf } from '@berth/api/translate-errors.ts'
import { fromErrorRecord } from '@berth/domain'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client'
import { EventSource } from 'eventsource'
import { cliError } from './errors.ts'
import { followToTls } from './follow-to-tls.ts'
import { type Profile, readProfile } from './profile.ts'

export type Remote = ReturnType<typeof remoteFor>

/** The platform that the person is signed in to. @throws CLI.NOT_SIGNED_IN */
export async function remote(): Promise<Remote> {
  return remoteFor(await readProfile())
}

/** A client of the API: calls over HTTP, subscriptions as server-sent events, the token in each. */
export function remoteFor(profile: Profile, headers: Record<string, string> = {}) {
  const url = `${profile.url.replace(/\/+$/, '')}/api/trpc`
  const sent = { ...(profile.token === '' ? {} : { authorization: `Bearer ${profile.token}` }), ...headers }
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({
          url,
          EventSource,
          eventSourceOptions: () => ({
            fetch: (input: string | URL, init: RequestInit) =>
              followToTls(input, {
                ...init,
                headers: { ...(init.headers as Record<string, string>), ...sent },
              }),
          }),
        }),
        false: httpLink({
          url,
          headers: sent,
          fetch: (input, init) => followToTls(input, init as RequestInit),
        }),
      }),
    ],
  })
}

/** What the API said, as the error it was there; and a line that nothing answers, where nothing does. */
export function fromRemoteError(error: unknown, url: string): unknown {
  if (!(error instanceof TRPCClientError)) return error
  const failure = failureOf(error)
  if (failure) return fromErrorRecord(failure)
  return cliError['CLI.UNREACHABLE']({ url }, { cause: error })
}

/** Where the person is signed in, for messages. */
export async function knownUrl(): Promise<string> {
  const profile = await readProfile().catch(() => null)
  return profile?.url ?? 'the platform'
}
