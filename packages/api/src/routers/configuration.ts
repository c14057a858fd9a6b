import { envFormats, parseEnvFile, writeEnvFile } from '@berth/release'
import { z } from 'zod'
import { type ConfigurationChanged, changeConfigurationOf } from '../change-configuration.ts'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router } from '../procedure.ts'

/** Names alone: values are read with a permission of their own. */
export type ConfigurationView = {
  variables: string[]
  secretFiles: { name: string; bytes: number }[]
}

/** Longer than any that is kept: what is too long is told of in words, by the stage that knows the limits. */
const name = z.string().max(1_000)
const text = z.string().max(2_000_000)

/** What an app is told. Each change is one release and its deployment; none where nothing differs. */
export const configurationRouter = router({
  list: appProcedure('app.view').query(async ({ ctx }): Promise<ConfigurationView> => {
    const { variables, secretFiles } = await ctx.stores.configurations.current(ctx.app.id)
    return {
      variables: Object.keys(variables),
      secretFiles: Object.entries(secretFiles).map(([file, content]) => ({
        name: file,
        bytes: Buffer.byteLength(content, 'base64'),
      })),
    }
  }),

  /** With their values. Secret files are read by instances alone. */
  read: appProcedure('app.configuration.read').query(async ({ ctx }): Promise<Record<string, string>> => {
    return (await ctx.stores.configurations.current(ctx.app.id)).variables
  }),

  /** @throws CONFIGURATION.NOT_SET */
  get: appProcedure('app.configuration.read')
    .input(appInput.extend({ variable: name.default('') }))
    .query(async ({ ctx, input }): Promise<{ value: string }> => {
      const { variables } = await ctx.stores.configurations.current(ctx.app.id)
      const value = Object.hasOwn(variables, input.variable) ? variables[input.variable] : undefined
      if (value === undefined) throw apiError['CONFIGURATION.NOT_SET']({ name: input.variable })
      return { value }
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

  export: appProcedure('app.configuration.read')
    .input(appInput.extend({ format: z.enum(envFormats).default('env') }))
    .query(async ({ ctx, input }): Promise<{ text: string }> => {
      const { variables } = await ctx.stores.configurations.current(ctx.app.id)
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
