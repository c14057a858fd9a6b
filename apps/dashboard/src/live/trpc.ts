import type { AppRouter } from '@berth/api'
import type { ErrorRecord } from '@berth/domain'
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { requestHeader } from '../door/request-header.ts'

const url = '/api/trpc'

/** The API, from the browser. Streams come as server-sent events; the rest in batches. */
export const trpc = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url }),
      false: httpBatchLink({ url, headers: { [requestHeader]: '1' } }),
    }),
  ],
})

const noConnection: ErrorRecord = {
  code: 'DASHBOARD.NO_CONNECTION',
  message: 'Berth does not answer.',
  hint: 'Check the connection; Berth may be restarting. Running apps are not affected.',
  fault: 'system',
  retryable: true,
}

/** What to tell a person about a failed call. */
export function failureIn(error: unknown): ErrorRecord {
  const failure = (error as { data?: { failure?: ErrorRecord } } | null)?.data?.failure
  return failure ?? noConnection
}
