import {
  type App,
  type Configuration,
  type Formation,
  type ProcessDefinition,
  type Release,
  web,
} from '@berth/domain'
import type { AppJson } from './app-json.ts'
import type { Procfile } from './parse-procfile.ts'

export type NewRelease = Omit<Release, 'id' | 'version' | 'createdAt'>

/** What a push or an image brings: everything of a release that is not the app's own setting. */
type Brought = {
  imageDigest: string
  revisionId: string | null
  procfile: Procfile
  appJson: Pick<AppJson, 'healthchecks' | 'scripts' | 'cron'>
}

/** Why there is a new one, and whose doing it is. */
type Occasion = Pick<Release, 'reason' | 'createdById'>

/** Image + configuration + Procfile. What is given is copied: a release never changes afterwards. */
export function makeRelease(
  given: { app: Pick<App, 'id'>; configuration: Configuration } & Brought &
    Pick<Release, 'limits'> &
    Occasion,
): NewRelease {
  const { app, imageDigest, revisionId, procfile, appJson, configuration, limits, reason, createdById } =
    given
  const { dokku, postdeploy } = appJson.scripts
  return structuredClone({
    appId: app.id,
    imageDigest,
    revisionId,
    processes: procfile.processes,
    releaseCommand: procfile.releaseCommand,
    ...toldTo(configuration),
    healthchecks: appJson.healthchecks,
    scripts: { predeploy: dokku.predeploy, postdeploy: dokku.postdeploy, firstDeploy: postdeploy },
    cron: appJson.cron,
    limits,
    reason,
    createdById,
  })
}

/** A configuration, as a release has it. */
export function toldTo({ variables, secretFiles }: Configuration) {
  return { configuration: variables, secretFiles }
}

/** The next release of the same app that differs in this alone: other configuration, other limits, an earlier image. */
export function changeRelease(before: Release, change: Partial<NewRelease> & Occasion): NewRelease {
  const { id: _id, version: _version, createdAt: _createdAt, ...same } = before
  return structuredClone({ ...same, ...change, appId: before.appId })
}

/** How many instances run after the first deployment: web 1, everything else 0, unless app.json says otherwise. */
export function firstFormation(
  processes: readonly Pick<ProcessDefinition, 'type'>[],
  appJson: Pick<AppJson, 'formation'>,
): Formation {
  const quantities = processes.map(({ type }) => {
    const wanted = Object.hasOwn(appJson.formation, type) ? appJson.formation[type]?.quantity : undefined
    return [type, wanted ?? (type === web ? 1 : 0)] as const
  })
  return Object.fromEntries(quantities)
}
