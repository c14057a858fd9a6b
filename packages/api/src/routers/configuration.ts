import { quantitiesOf } from '@berth/deploy'
import type { App } from '@berth/domain'
import { type EnvPreview, envFormats, parseEnvFile, previewEnvFile, writeEnvFile } from '@berth/release'
import { z } from 'zod'
import { type ConfigurationChanged, changeConfigurationOf } from '../change-configuration.ts'
import { type ConfigurationHistory, configurationHistory } from '../configuration-history.ts'
import type { ApiContext } from '../context.ts'
import { currentRelease } from '../current-release.ts'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router } from '../procedure.ts'

/** Names alone: values are read with a permission of their own. */
export type ConfigurationView = {
  variables: string[]
  secretFiles: { name: string; bytes: number }[]
  /** The last change; null: there was none. `change` takes its time as what its asker has seen. */
  changed: { at: string; by: string | null } | null
  /** What a change would make, and which process types it would start anew; null: it counts from the first push on. */
  next: { version: number; restarts: string[] } | null
}

/** Longer than any that is kept: what is too long is told of in words, by the stage that knows the limits. */
const name = z.string().max(1_000)
const text = z.string().max(2_000_000)

/** What an app is told. Each change is one release and its deployment; none where nothing differs. */
export const configurationRouter = router({
  list: appProcedure('app.view').query(async ({ ctx }): Promise<ConfigurationView> => {
    // First: whoever changes something in between is one more to look at, never one that was passed over.
    const changed = await lastChange(ctx, ctx.app.id)
    const [{ variables, secretFiles }, next] = await Promise.all([
      ctx.stores.configurations.current(ctx.app.id),
      nextOf(ctx, ctx.app),
    ])
    return {
      ...{ changed, next },
      variables: Object.keys(variables),
      secretFiles: Object.entries(secretFiles).map(([file, content]) => ({
        name: file,
        bytes: Buffer.byteLength(content, 'base64'),
      })),
    }
  }),

  /** With their values. Secret files are read by instances alone. */
  read: appProcedure('app.configuration.read').query(async ({ ctx }): Promise<Record<string, string>> => {
    const { variables } = await ctx.stores.configurations.current(ctx.app.id)
    ctx.change.after = { read: Object.keys(variables) }
    return variables
  }),

  /** @throws CONFIGURATION.NOT_SET */
  get: appProcedure('app.configuration.read')
    .input(appInput.extend({ variable: name.default('') }))
    .query(async ({ ctx, input }): Promise<{ value: string }> => {
      const { variables } = await ctx.stores.configurations.current(ctx.app.id)
      ctx.change.after = { read: [input.variable] }
      const value = Object.hasOwn(variables, input.variable) ? variables[input.variable] : undefined
      if (value === undefined) throw apiError['CONFIGURATION.NOT_SET']({ name: input.variable })
      return { value }
    }),

  /**
   * Several changes of every kind, as one release. `seen`: when what its asker has looked at was changed last (`list`); where
   * somebody has changed it since, nothing is done. @throws CONFIGURATION.CHANGED_MEANWHILE, CONFIGURATION.…, RELEASE.APP_LOCKED
   */
  change: appProcedure('app.configuration.change')
    .input(
      appInput.extend({
        set: z.record(name, text).default({}),
        unset: z.array(name).max(1_000).default([]),
        setFiles: z.record(name, text).default({}),
        unsetFiles: z.array(name).max(100).default([]),
        seen: z.iso.datetime().nullable().optional(),
      }),
    )
    .mutation(({ ctx, input }): Promise<ConfigurationChanged> => {
      const { app: _, seen, ...change } = input
      return changeConfigurationOf(ctx, { app: ctx.app, by: ctx.person.id, change, seen })
    }),

  /** @throws CONFIGURATION.…, RELEASE.APP_LOCKED */
  set: appProcedure('app.configuration.change')
    .input(appInput.extend({ variables: z.record(name, text).default({}) }))
    .mutation(({ ctx, input }): Promise<ConfigurationChanged> => {
      return changeConfigurationOf(ctx, { app: ctx.app, by: ctx.person.id, change: { set: input.variables } })
    }),

  /** A name that is not set is none. @throws RELEASE.APP_LOCKED */
  unset: appProcedure('app.configuration.change')
    .input(appInput.extend({ variables: z.array(name).max(1_000).default([]) }))
    .mutation(({ ctx, input }): Promise<ConfigurationChanged> => {
      return changeConfigurationOf(ctx, {
        app: ctx.app,
        by: ctx.person.id,
        change: { unset: input.variables },
      })
    }),

  /** The variables of a .env file, as one change. @throws CONFIGURATION.ENV_FILE_INVALID, CONFIGURATION.… */
  import: appProcedure('app.configuration.change')
    .input(appInput.extend({ text: text.default('') }))
    .mutation(({ ctx, input }): Promise<ConfigurationChanged> => {
      const change = { set: parseEnvFile(input.text) }
      return changeConfigurationOf(ctx, { app: ctx.app, by: ctx.person.id, change })
    }),

  /**
   * What importing a .env file would do, line by line. It tells which of its values are the current ones, so it is for those who
   * may read them.
   */
  preview: appProcedure('app.configuration.read')
    .input(appInput.extend({ text: text.default('') }))
    .mutation(async ({ ctx, input }): Promise<EnvPreview> => {
      const { variables } = await ctx.stores.configurations.current(ctx.app.id)
      const preview = previewEnvFile(input.text, variables)
      ctx.change.after = { compared: preview.variables.map((one) => one.name) }
      return preview
    }),

  /** Which release changed what, the newest first; of the newest releases alone. */
  history: appProcedure('app.view')
    .input(appInput.extend({ releases: z.int().min(1).max(100).default(30) }))
    .query(({ ctx, input }): Promise<ConfigurationHistory> => {
      return configurationHistory(ctx, ctx.app.id, input.releases)
    }),

  export: appProcedure('app.configuration.read')
    .input(appInput.extend({ format: z.enum(envFormats).default('env') }))
    .query(async ({ ctx, input }): Promise<{ text: string }> => {
      const { variables } = await ctx.stores.configurations.current(ctx.app.id)
      ctx.change.after = { read: Object.keys(variables) }
      return { text: writeEnvFile(variables, input.format) }
    }),

  /** `content` in base64. @throws CONFIGURATION.FILE_INVALID, CONFIGURATION.TOO_LARGE, RELEASE.APP_LOCKED */
  setFile: appProcedure('app.configuration.change')
    .input(appInput.extend({ file: name.default(''), content: text.default('') }))
    .mutation(({ ctx, input }): Promise<ConfigurationChanged> => {
      const change = { setFiles: { [input.file]: input.content } }
      return changeConfigurationOf(ctx, { app: ctx.app, by: ctx.person.id, change })
    }),

  /** @throws RELEASE.APP_LOCKED */
  unsetFile: appProcedure('app.configuration.change')
    .input(appInput.extend({ file: name.default('') }))
    .mutation(({ ctx, input }): Promise<ConfigurationChanged> => {
      const change = { unsetFiles: [input.file] }
      return changeConfigurationOf(ctx, { app: ctx.app, by: ctx.person.id, change })
    }),
})

type Reading = Pick<ApiContext, 'stores'>

async function lastChange({ stores }: Reading, appId: string): Promise<ConfigurationView['changed']> {
  const changed = await stores.configurations.changed(appId)
  if (changed === null) return null
  const by = changed.byId === null ? null : await stores.people.person(changed.byId)
  return { at: changed.at.toISOString(), by: by?.name ?? null }
}

async function nextOf(ctx: Reading, app: App): Promise<ConfigurationView['next']> {
  const release = await currentRelease(ctx, app.id)
  const [latest] = await ctx.stores.releases.list(app.id, 1)
  if (release === null || latest === undefined) return null
  const quantities = quantitiesOf(release, await ctx.stores.apps.formation(app.id))
  const running = app.stoppedAt === null ? quantities.filter(({ quantity }) => quantity > 0) : []
  return { version: latest.version + 1, restarts: running.map(({ type }) => type) }
}
