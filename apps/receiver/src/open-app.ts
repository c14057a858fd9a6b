import { type App, type AppName, isBerthError, type Person, places, type Team } from '@berth/domain'
import { ensureRepository, type Repository, repositoryPath } from '@berth/source'
import { pushError } from './errors.ts'
import type { GitRequest, GitService } from './parse-command.ts'
import type { ReceiverParts } from './parts.ts'

/** An app that this person may use in this way, with its repository. `createdIn`: the push made it, in this team. */
export type OpenedApp = { app: App; repository: Repository; createdIn: Team | null }

/**
 * The app that is asked for; a push to a name that nobody has makes one, if the person may. An app of others and an app that
 * is not there get the same answer. @throws PUSH.APP_NOT_FOUND, PUSH.FORBIDDEN
 */
export async function openApp(
  parts: ReceiverParts,
  person: Person,
  { service, appName }: GitRequest,
): Promise<OpenedApp> {
  const found = await findApp(parts, person, { service, appName })
  const { app, createdIn } =
    found === null ? await createApp(parts, person, appName) : { app: found, createdIn: null }
  const path = repositoryPath(places(parts.settings).repositories, app.id)
  return { app, createdIn, repository: await ensureRepository({ path }) }
}

/** Null: nobody has the name, and this person may make an app of it. @throws PUSH.APP_NOT_FOUND, PUSH.FORBIDDEN */
export async function findApp(
  parts: ReceiverParts,
  person: Person,
  { service, appName }: GitRequest,
): Promise<App | null> {
  const app = await parts.records.apps.byName(appName)
  if (app !== null) {
    await assertMay(parts, { person, service, app })
    return app
  }
  const mayCreate = service === 'receive-pack' && (await parts.doorkeeper.teamForNewApp(person)) !== null
  if (!mayCreate) throw pushError['PUSH.APP_NOT_FOUND']({ app: appName })
  return null
}

async function assertMay(
  { doorkeeper }: ReceiverParts,
  { person, service, app }: { person: Person; service: GitService; app: App },
): Promise<void> {
  const [mayPull, mayServe] = await Promise.all([
    doorkeeper.may(person, 'app.pull', app),
    doorkeeper.may(person, service === 'upload-pack' ? 'app.pull' : 'app.push', app),
  ])
  if (!mayPull) throw pushError['PUSH.APP_NOT_FOUND']({ app: app.name })
  if (!mayServe) throw pushError['PUSH.FORBIDDEN']({ app: app.name })
}

async function createApp({ records, doorkeeper }: ReceiverParts, person: Person, name: AppName) {
  const team = await doorkeeper.teamForNewApp(person)
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
