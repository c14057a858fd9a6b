import type { Configuration } from '@berth/domain'
import type { AppJson } from './app-json.ts'
import { changeConfiguration } from './configuration.ts'
import { releaseError } from './errors.ts'

/**
 * app.json's `env`, for an app that has no release yet: what nobody has set gets its value, or a secret of its own. What
 * somebody has set stays. @throws CONFIGURATION.… for a value that may not be
 */
export function fillConfiguration(
  now: Configuration,
  { env }: Pick<AppJson, 'env'>,
  newSecret: () => string,
): Configuration {
  const missing = Object.entries(env).filter(([name]) => !Object.hasOwn(now.variables, name))
  const filled = missing.flatMap(([name, { value, generator }]) => {
    if (value !== null) return [[name, value] as const]
    return generator === 'secret' ? [[name, newSecret()] as const] : []
  })
  return changeConfiguration(now, { set: Object.fromEntries(filled) })
}

/** Before the first build: what app.json requires must have come from somewhere. @throws CONFIGURATION.MISSING */
export function assertComplete(now: Configuration, { env }: Pick<AppJson, 'env'>, app: string): void {
  const names = Object.entries(env)
    .filter(([name, { required, value, generator }]) => {
      const comes = value !== null || generator !== null || Object.hasOwn(now.variables, name)
      return required && !comes
    })
    .map(([name]) => name)
  if (names.length > 0) throw releaseError['CONFIGURATION.MISSING']({ names, app })
}
