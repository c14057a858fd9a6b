import { apiError, appRouter, createContext, isBug } from '@berth/api'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { refusal } from '../../../../door/answers.ts'
import { mayChange } from '../../../../door/may-change.ts'
import { askingOf, parts } from '../../../../wiring.ts'

export const dynamic = 'force-dynamic'

/** The API over HTTP, for the dashboard's pages (cookie) and the command line (token). */
async function answer(request: Request): Promise<Response> {
  const opened = await parts()
  if (!mayChange(request, opened.settings)) return refusal(apiError['API.OTHER_ORIGIN']())
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    createContext: async () => {
      const asking = await askingOf(request.headers)
      return createContext(opened, asking.person, asking)
    },
    onError: ({ error, path }) => {
      if (isBug(error)) console.error(`trpc ${path ?? '?'}:`, error.cause ?? error)
    },
  })
}

export { answer as GET, answer as POST }
