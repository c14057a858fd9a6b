import { type App, type AppName, isBerthError, places, type Team } from '@berth/domain'
import { ensureRepository, type Repository, repositoryPath } from '@berth/source'
import type { Visitor } from './doors.ts'
import { pushError } from './errors.ts'
import type { GitRequest, GitService } from './parse-command.ts'
import type { ReceiverParts } from './parts.ts'

/** An app that this visitor may use in this way, with its repository. `createdIn`: the push made it, in this team. */
export type OpenedApp = { app: App; repository: Repository; createdIn: Team | null }

/**
 * The app that is asked for; a push to a name that nobody has makes one, if the visitor may. An app of others and an app that
 * is not there get the same answer. @throws PUSH.APP_NOT_FOUND, PUSH.FORBIDDEN
 */
export async function openApp(
  parts: ReceiverParts,
  visitor: Visitor,
  { service, appName }: GitRequest,
): Promise<OpenedApp> {
  const found = await findApp(parts, visitor, { service, appName })
  const { app, createdIn } =
    found === null ? await createApp(parts, visitor, appName) : { app: found, createdIn: null }
  const path = repositoryPath(places(parts.settings).repositories, app.id)
  return { app, createdIn, repository: await ensureRepository({ path }) }
}

/** Null: nobody has the name, and this visitor may make an app of it. @throws PUSH.APP_NOT_FOUND, PUSH.FORBIDDEN */
export async function findApp(
  parts: ReceiverParts,
  visitor: Visitor,
  { service, appName }: GitRequest,
): Promise<App | null> {
  const app = await parts.records.apps.byName(appName)
  if (app !== null) {
    await assertMay(parts, { visitor, service, app })
    return app
  }
  const mayCreate = service === 'receive-pack' && (await parts.doorkeeper.teamForNewApp(visitor)) !== null
  if (!mayCreate) throw pushError['PUSH.APP_NOT_FOUND']({ app: appName })
  return null
}

async function assertMay(
  { doorkeeper }: ReceiverParts,
  { visitor, service, app }: { visitor: Visitor; service: GitService; app: App },
): Promise<void> {
  const [mayPull, mayServe] = await Promise.all([
    doorkeeper.may(visitor, 'app.pull', app),
    doorkeeper.may(visitor, service === 'upload-pack' ? 'app.pull' : 'app.push', app),
  ])
  if (!mayPull) throw pushError['PUSH.APP_NOT_FOUND']({ app: app.name })
  if (!mayServe) throw pushError['PUSH.FORBIDDEN']({ app: app.name })
}

async function createApp({ records, doorkeeper }: ReceiverParts, visitor: Visitor, name: AppName) {
  const team = await doorkeeper.teamForNewApp(visitor)
  if (team === null) throw pushError['PUSH.APP_NOT_FOUND']({ app: name })
  try {
    return { app: await records.apps.create({ name, teamId: team.id }), createdIn: team }
  } catch (error) {
    // Taken since we looked, or kept by an app that is being removed.
    if (isBerthError(error, 'APP.NAME_TAKEN'))
      throw pushError['PUSH.APP_NOT_FOUND']({ app: name }, { cause: error })
    throw error
  }
}
