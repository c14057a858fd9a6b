import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { Secret } from '@berth/command'
import { patiently } from '@berth/deploy'
import { type App, type Configuration, isBerthError, type SourceTree } from '@berth/domain'
import { type BuildRequest, declaredArguments } from '@berth/engine'
import { type AppJson, assertComplete, fillConfiguration } from '@berth/release'
import { readFile } from '@berth/source'
import type { Parts } from '../parts.ts'

/**
 * What a build sees of its app's configuration: a variable as an argument where an ARG has its name, and every variable and
 * secret file as a secret, which a step sees only where a mount of it asks for it. An argument stands in the image's history,
 * as the Dockerfile's author asked for; a secret stands nowhere.
 */
export type BuildInputs = Required<Pick<BuildRequest, 'arguments' | 'secrets'>>

/** @throws CONFIGURATION.MISSING before the first release, SECRET.UNREADABLE */
export async function buildInputs(
  { stores }: Pick<Parts, 'stores'>,
  given: { app: App; tree: SourceTree; appJson: AppJson },
  signal: AbortSignal,
): Promise<BuildInputs> {
  const { app, tree, appJson } = given
  const [current, releases] = await Promise.all([
    patiently(() => stores.configurations.current(app.id), signal),
    patiently(() => stores.releases.list(app.id, 1), signal),
  ])
  const told = releases.length > 0 ? current : firstTold(current, appJson, app)
  return { arguments: await argumentsOf(told, tree, app.dockerfilePath), secrets: secretsOf(told) }
}

/** What app.json fills is kept with the release: until there is one, it may be corrected there. */
function firstTold(current: Configuration, appJson: AppJson, app: App): Configuration {
  assertComplete(current, appJson, app.name)
  return fillConfiguration(current, appJson, () => randomBytes(32).toString('hex'))
}

async function argumentsOf(
  { variables }: Configuration,
  tree: SourceTree,
  path: string,
): Promise<Record<string, string>> {
  if (Object.keys(variables).length === 0) return {}
  const names = await declaredIn(tree, path)
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.includes(name)))
}

/** A Dockerfile that cannot be read is the build's to tell of, with the line. */
async function declaredIn(tree: SourceTree, path: string): Promise<string[]> {
  try {
    return declaredArguments(path, (await readFile(tree, path)) ?? '')
  } catch (error) {
    if (isBerthError(error)) return []
    throw error
  }
}

/** A build's secrets are texts: a file that is none is there for instances alone. */
function secretsOf({ variables, secretFiles }: Configuration): Record<string, Secret> {
  const files = Object.entries(secretFiles)
    .map(([name, content]) => [name, Buffer.from(content, 'base64')] as const)
    .filter(([, content]) => isUtf8(content))
    .map(([name, content]) => [name, content.toString('utf8')] as const)
  const all = [...files, ...Object.entries(variables)]
  return Object.fromEntries(all.map(([id, text]) => [id, new Secret(text)]))
}
