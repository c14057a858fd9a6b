import { type App, type Configuration, noConfiguration } from '@berth/domain'
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
import type { ApiContext } from './context.ts'
import { assertDeployable, type BegunDeployment, deployRelease } from './deploy-release.ts'
import { apiError } from './errors.ts'
import { nextRelease } from './next-release.ts'

/** Names, never values. `begun` is null where nothing differs, and where nothing is deployed yet. */
export type ConfigurationChanged = {
  variables: ConfigurationDifference
  secretFiles: ConfigurationDifference
  begun: BegunDeployment | null
}

/** `seen`: when what the asker has looked at was changed last; undefined: they have not looked. */
type Asked = { app: App; by: string; change: ConfigurationChange; seen?: string | null }

/**
 * What an app is told is changed, and its next release made of what runs (or is about to) with that and nothing else: both
 * or neither, whoever else changes something at the same time.
 * @throws CONFIGURATION.CHANGED_MEANWHILE, CONFIGURATION.…, RELEASE.APP_LOCKED, RELEASE.TOO_MANY_AT_ONCE
 */
export async function changeConfigurationOf(ctx: ApiContext, asked: Asked): Promise<ConfigurationChanged> {
  const { app, by } = asked
  await assertDeployable(ctx, app.id)
  const { before, after, made } = await release(ctx, asked)
  const variables = differenceOf(before.variables, after.variables)
  const secretFiles = differenceOf(before.secretFiles, after.secretFiles)
  ctx.change.after = { variables, secretFiles, release: made?.version }
  const begun = made && (await deployRelease(ctx, made, { cause: 'change', createdById: by }))
  return { variables, secretFiles, begun }
}

async function release(ctx: Pick<ApiContext, 'stores'>, { app, by, change, seen }: Asked) {
  const told = { before: noConfiguration, after: noConfiguration }
  const made = await nextRelease(ctx, app.id, (base, { current, changedAt }) => {
    if (seen !== undefined && seen !== (changedAt?.toISOString() ?? null))
      throw apiError['CONFIGURATION.CHANGED_MEANWHILE']({ app: app.name })
    const now = changeConfiguration(current, change)
    Object.assign(told, { before: current, after: now })
    if (isSameConfiguration(current, now)) return { release: null }
    const configuration = { now, changedById: by }
    return { configuration, release: base && changeRelease(base, saying(current, now, by)) }
  })
  return { ...told, made }
}

function saying(before: Configuration, now: Configuration, createdById: string) {
  return { ...toldTo(now), reason: sayChange(before, now), createdById }
}
