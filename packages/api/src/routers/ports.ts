import { databaseError } from '@berth/database/errors.ts'
import { type AppPort, web } from '@berth/domain'
import { portError } from '@berth/route/ports/errors.ts'
import { listeningPorts } from '@berth/route/ports/listening-ports.ts'
import { assertPortAllowed, parsePort } from '@berth/route/ports/parse-port.ts'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { currentRelease } from '../current-release.ts'
import { appInput, appProcedure, router } from '../procedure.ts'
import { readProcessType } from '../process-types.ts'

/** `connectTo`: the host and port that clients are told. */
export type PortView = { port: number; processType: string; targetPort: number; connectTo: string }

const mostOfAnApp = 10
const given = z.string().min(1).max(20)

/** Ports of the machine that lead to instances of an app, over TCP. */
export const portsRouter = router({
  list: appProcedure('app.view').query(async ({ ctx }): Promise<PortView[]> => {
    const ports = await ctx.stores.ports.list(ctx.app.id)
    return ports.map((port) => view(port, ctx))
  }),

  /** `to`: where the instances listen; the same port where it is not said. @throws PORT.…, PROCESS.UNKNOWN_TYPE */
  add: appProcedure('app.domains.change')
    .input(
      appInput.extend({ port: given, to: given.optional(), processType: z.string().max(200).default(web) }),
    )
    .mutation(async ({ ctx, input }): Promise<PortView> => {
      const port = parsePort(input.port)
      const targetPort = input.to === undefined ? port : parsePort(input.to)
      const processType = readProcessType(input.processType, await currentRelease(ctx, ctx.app.id), [web])
      assertPortAllowed(port, ctx.settings)
      await assertFree(ctx, port)
      if ((await ctx.stores.ports.list(ctx.app.id)).length >= mostOfAnApp)
        throw portError['PORT.TOO_MANY']({ most: mostOfAnApp })
      const added = await ctx.stores.ports.add({ port, appId: ctx.app.id, processType, targetPort })
      ctx.change.after = { port, processType, targetPort }
      await ctx.queue.add('converge-app', { appId: ctx.app.id })
      return view(added, ctx)
    }),

  /** Its connections end. @throws PORT.INVALID, PORT.NOT_FOUND */
  remove: appProcedure('app.domains.change')
    .input(appInput.extend({ port: given }))
    .mutation(async ({ ctx, input }): Promise<{ port: number }> => {
      const port = parsePort(input.port)
      const known = await ctx.stores.ports.find(port)
      if (known?.appId !== ctx.app.id || !(await ctx.stores.ports.remove(ctx.app.id, port)))
        throw portError['PORT.NOT_FOUND']({ port })
      ctx.change.before = { port, processType: known.processType, targetPort: known.targetPort }
      await ctx.queue.add('converge-app', { appId: ctx.app.id })
      return { port }
    }),
})

/** Whose it is, is not told. @throws PORT.TAKEN, PORT.IN_USE */
async function assertFree({ stores }: ApiContext, port: number): Promise<void> {
  if ((await stores.ports.find(port)) !== null) throw databaseError['PORT.TAKEN']({ port })
  if ((await listeningPorts()).has(port)) throw portError['PORT.IN_USE']({ port })
}

function view(
  { port, processType, targetPort }: AppPort,
  { app, settings }: Pick<ApiContext, 'settings'> & { app: { name: string } },
): PortView {
  return { port, processType, targetPort, connectTo: `${app.name}.${settings.baseDomain}:${port}` }
}
