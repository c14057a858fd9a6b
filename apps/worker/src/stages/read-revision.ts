import { type SourceTree, web } from '@berth/domain'
import {
  type AppJson,
  emptyAppJson,
  imageProcesses,
  type Procfile,
  parseAppJson,
  parseChecks,
  parseProcfile,
} from '@berth/release'
import { readFile } from '@berth/source'

export type RevisionFiles = { procfile: Procfile; appJson: AppJson }

/** What Berth itself reads of a revision. A bad file ends the build before it began. @throws RELEASE.…, SOURCE.… */
export async function readRevision(tree: SourceTree): Promise<RevisionFiles> {
  const procfile = await readFile(tree, 'Procfile')
  const appJson = await readFile(tree, 'app.json')
  const checks = await readFile(tree, 'CHECKS')
  return {
    procfile: procfile === null ? imageProcesses : parseProcfile(procfile),
    appJson: withChecks(appJson === null ? emptyAppJson : parseAppJson(appJson), checks),
  }
}

/** The old file counts where app.json says nothing about web; that it can be read at all is looked at in any case. */
function withChecks(appJson: AppJson, checks: string | null): AppJson {
  const old = checks === null ? [] : parseChecks(checks)
  const { healthchecks } = appJson
  if (old.length === 0 || (healthchecks[web]?.length ?? 0) > 0) return appJson
  return { ...appJson, healthchecks: { ...healthchecks, [web]: old } }
}
