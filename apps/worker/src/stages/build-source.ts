import { Secret } from '@berth/command'
import { patiently } from '@berth/deploy'
import { type App, type Build, type Revision, type SourceTree, tell } from '@berth/domain'
import { imageError, normaliseName, parseReference } from '@berth/engine'
import type { RegistryAccount } from '@berth/people'
import { workerError } from '../errors.ts'
import { ownNames } from '../own-names.ts'
import type { Parts } from '../parts.ts'
import { imageSource } from './image-source.ts'
import type { Stage } from './running-stages.ts'

/** What is to be built, wherever it comes from. `revision` null: no commit is known of it. */
export type OpenedSource = {
  revision: Revision | null
  tree: SourceTree
  dockerfilePath: string
  close(): Promise<void>
}

type Opening = {
  app: App
  build: Build
  /** Where a push lies that git has not accepted yet. */
  quarantine: string | null
  accounts: readonly RegistryAccount[]
}

/**
 * A push: its commit, in the app's repository. A git address: fetched, and its commit recorded; one that was fetched before a
 * crash is fetched again. An image: a build of one line. @throws SOURCE.…, IMAGE.…, REGISTRY.…, BUILD.CANCELLED
 */
export async function openSource(parts: Parts, opening: Opening, stage: Stage): Promise<OpenedSource> {
  const { app, build, quarantine } = opening
  const { source } = build
  if (source.kind === 'image') return await openImage(parts, opening, stage)
  const revision = await revisionOf(parts, build, stage)
  if (source.kind === 'git') return await openGit(parts, { ...opening, ...source, revision }, stage)
  if (revision === null) throw new Error(`build ${build.id} of a push has no revision`)
  const tree = parts.sourceTree(app, revision.commit, quarantine)
  return { revision, tree, dockerfilePath: app.dockerfilePath, close: async () => undefined }
}

async function revisionOf({ stores }: Parts, { revisionId }: Build, stage: Stage): Promise<Revision | null> {
  return revisionId === null ? null : await patiently(() => stores.revisions.get(revisionId), stage.signal)
}

type OpeningGit = Opening & { url: string; ref: string | null; revision: Revision | null }

async function openGit(
  parts: Parts,
  { app, build, accounts, url, ref, revision: known }: OpeningGit,
  { sink, signal }: Stage,
): Promise<OpenedSource> {
  const named = ref === null ? '' : ` ${ref}`
  tell(sink, { kind: 'section', text: `Fetching${named} from ${url}` })
  const wanted = known?.commit ?? ref
  const { info, tree, close } = await parts.fetchSource({
    ...{ buildId: build.id, url, ref: wanted, accounts, signal },
  })
  try {
    const revision = known ?? (await recordRevision(parts, { app, build, ref, info }))
    const subject = info.message.split('\n', 1)[0]
    tell(sink, { kind: 'section', text: `Fetched ${info.commit.slice(0, 7)}: ${subject}` })
    return { revision, tree, dockerfilePath: app.dockerfilePath, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function recordRevision(
  { stores }: Parts,
  given: Pick<OpeningGit, 'app' | 'build' | 'ref'> & {
    info: Pick<Revision, 'commit' | 'message' | 'author'>
  },
): Promise<Revision> {
  const { app, build, ref, info } = given
  const { commit, message, author } = info
  const from = { appId: app.id, branch: ref ?? 'HEAD', pushedById: build.createdById }
  const revision = await patiently(() => stores.revisions.create({ ...from, commit, message, author }))
  if (!(await patiently(() => stores.builds.setRevision(build.id, revision.id))))
    throw workerError['BUILD.CANCELLED']()
  return revision
}

async function openImage(parts: Parts, opening: Opening, stage: Stage): Promise<OpenedSource> {
  const { source } = opening.build
  if (source.kind !== 'image') throw new Error('not an image')
  tell(stage.sink, { kind: 'section', text: `Taking the image ${source.reference}` })
  if (source.pull) await pullNewest(parts, { ...opening, reference: source.reference }, stage)
  const tree = imageSource(source.reference)
  return { revision: null, tree, dockerfilePath: 'Dockerfile', close: async () => undefined }
}

/** What the registry has now, though another of the same name is here. */
async function pullNewest(
  { engine }: Parts,
  { app, reference, accounts }: Opening & { reference: string },
  { sink, signal }: Stage,
): Promise<void> {
  const name = normaliseName(reference)
  if (name.startsWith(ownNames)) throw imageError['IMAGE.NOT_FOUND']({ reference })
  const account = accounts.find(({ host }) => host === parseReference(reference).registry)
  const credentials = account && {
    username: account.username,
    password: new Secret(account.password),
  }
  await engine.images.pull(name, { addresses: 'public', scope: app.teamId, credentials, sink, signal })
}
