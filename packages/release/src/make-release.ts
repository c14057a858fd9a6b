import { type App, type Formation, type ProcessDefinition, type Release, web } from '@berth/domain'
import type { AppJson } from './app-json.ts'
import type { Procfile } from './parse-procfile.ts'

export type NewRelease = Omit<Release, 'id' | 'version' | 'createdAt'>

/** Image + configuration + Procfile. The configuration is copied: a release never changes afterwards. */
export function makeRelease(given: {
  app: Pick<App, 'id'>
  imageDigest: string
  revisionId: string | null
  procfile: Procfile
  configuration: Readonly<Record<string, string>>
  /** Why there is a new one, as people read it: `Deploy 1a2b3c4`, `Set DATABASE_URL`. */
  reason: string
  createdById: string | null
}): NewRelease {
  return {
    appId: given.app.id,
    imageDigest: given.imageDigest,
    revisionId: given.revisionId,
    processes: given.procfile.processes.map((process) => ({ ...process })),
    releaseCommand: given.procfile.releaseCommand,
    configuration: { ...given.configuration },
    reason: given.reason,
    createdById: given.createdById,
  }
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
