import { type App, type Configuration, noConfiguration, type Release } from '@berth/domain'
import {
  type ConfigurationChange,
  type ConfigurationDifference,
  changeConfiguration,
  changeRelease,
  differenceOf,
  isSameConfiguration,
  sayChange,
  toldTo,
} from '@berth/release'
import { assertDeployable, type BegunDeployment, deployRelease } from './begin-deployment.ts'
import type { ApiContext } from './context.ts'
import { currentRelease } from './current-release.ts'
import { apiError } from './errors.ts'

/** Names, never values. `begun` is null where nothing differs, and where nothing is deployed yet. */
export type ConfigurationChanged = {
  variables: ConfigurationDifference
  secretFiles: ConfigurationDifference
  begun: BegunDeployment | null
}

type Asked = { app: App; by: string; change: ConfigurationChange }

/**
 * What an app is told is changed, and its next release made of what runs (or is about to) with that and nothing else: both
 * or neither, whoever else changes something at the same time.
 * @throws CONFIGURATION.…, RELEASE.APP_LOCKED, RELEASE.TOO_MANY_AT_ONCE
 */
export async function changeConfigurationOf(ctx: ApiContext, asked: Asked): Promise<ConfigurationChanged> {
  const { app, by } = asked
  await assertDeployable(ctx, app.id)
  const { before, after, made } = await release(ctx, asked)
  const variables = differenceOf(before.variables, after.variables)
  const secretFiles = differenceOf(before.secretFiles, after.secretFiles)
  ctx.change.after = { variables, secretFiles }
  const begun = made && (await deployRelease(ctx, made, { cause: 'change', createdById: by }))
  return { variables, secretFiles, begun }
}

const mostTries = 5

async function release({ stores }: Pick<ApiContext, 'stores'>, { app, by, change }: Asked) {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const [seen] = await stores.releases.list(app.id, 1)
    const base = await baseOf({ stores }, app.id, seen)
    const told = { before: noConfiguration, after: noConfiguration, movedOn: false }
    const made = await stores.releases.next(app.id, ({ latest, current }) => {
      // Somebody made a release since we looked, with another image, say: then this one begins with that.
      told.movedOn = latest?.id !== seen?.id
      if (told.movedOn) return { release: null }
      const now = changeConfiguration(current, change)
      Object.assign(told, { before: current, after: now })
      if (isSameConfiguration(current, now)) return { release: null }
      const configuration = { now, changedById: by }
      return { configuration, release: base && changeRelease(base, saying(current, now, by)) }
    })
    if (!told.movedOn) return { ...told, made }
  }
  throw apiError['RELEASE.TOO_MANY_AT_ONCE']()
}

function saying(before: Configuration, now: Configuration, createdById: string) {
  return { ...toldTo(now), reason: sayChange(before, now), createdById }
}

/** A release gets its deployment a moment after it was made. */
const untilDeployedMs = 60_000

/** Never a release that failed: its image would fail again. Null: nothing is deployed yet. */
async function baseOf(
  { stores }: Pick<ApiContext, 'stores'>,
  appId: string,
  latest: Pick<Release, 'id' | 'createdAt'> | undefined,
): Promise<Release | null> {
  if (latest && Date.now() - latest.createdAt.getTime() < untilDeployedMs) {
    const deployments = await stores.deployments.list(appId, 20)
    if (!deployments.some(({ releaseId }) => releaseId === latest.id))
      return await stores.releases.get(latest.id)
  }
  return await currentRelease({ stores }, appId)
}
