import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { createCallerFactory, router } from './procedure.ts'
import { appsRouter } from './routers/apps.ts'
import { auditRouter } from './routers/audit.ts'
import { certificatesRouter } from './routers/certificates.ts'
import { changesRouter } from './routers/changes.ts'
import { configurationRouter } from './routers/configuration.ts'
import { cronRouter } from './routers/cron.ts'
import { deployRouter } from './routers/deploy.ts'
import { deployKeysRouter } from './routers/deploy-keys.ts'
import { deploymentsRouter } from './routers/deployments.ts'
import { domainsRouter } from './routers/domains.ts'
import { drainsRouter } from './routers/drains.ts'
import { instancesRouter } from './routers/instances.ts'
import { limitsRouter } from './routers/limits.ts'
import { logsRouter } from './routers/logs.ts'
import { machineRouter } from './routers/machine.ts'
import { membersRouter } from './routers/members.ts'
import { metaRouter } from './routers/meta.ts'
import { metricsRouter } from './routers/metrics.ts'
import { notificationsRouter } from './routers/notifications.ts'
import { oneOffsRouter } from './routers/one-offs.ts'
import { peopleRouter } from './routers/people.ts'
import { portsRouter } from './routers/ports.ts'
import { processesRouter } from './routers/processes.ts'
import { registriesRouter } from './routers/registries.ts'
import { releasesRouter } from './routers/releases.ts'
import { routingRouter } from './routers/routing.ts'
import { stagesRouter } from './routers/stages.ts'
import { teamsRouter } from './routers/teams.ts'
import { trafficRouter } from './routers/traffic.ts'

export const appRouter = router({
  audit: auditRouter,
  deployKeys: deployKeysRouter,
  members: membersRouter,
  teams: teamsRouter,
  apps: appsRouter,
  configuration: configurationRouter,
  certificates: certificatesRouter,
  changes: changesRouter,
  deploy: deployRouter,
  domains: domainsRouter,
  drains: drainsRouter,
  cron: cronRouter,
  deployments: deploymentsRouter,
  instances: instancesRouter,
  limits: limitsRouter,
  logs: logsRouter,
  machine: machineRouter,
  meta: metaRouter,
  metrics: metricsRouter,
  notifications: notificationsRouter,
  people: peopleRouter,
  ports: portsRouter,
  processes: processesRouter,
  oneOffs: oneOffsRouter,
  registries: registriesRouter,
  releases: releasesRouter,
  routing: routingRouter,
  stages: stagesRouter,
  traffic: trafficRouter,
})

export type AppRouter = typeof appRouter
export type Inputs = inferRouterInputs<AppRouter>
export type Outputs = inferRouterOutputs<AppRouter>

/** The same procedures without HTTP, for pages that the server renders: `createCaller(context).apps.list()`. */
export const createCaller = createCallerFactory(appRouter)
