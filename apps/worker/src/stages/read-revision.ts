import type { SourceTree } from '@berth/domain'
import {
  type AppJson,
  emptyAppJson,
  imageProcesses,
  type Procfile,
  parseAppJson,
  parseProcfile,
} from '@berth/release'
import { readFile } from '@berth/source'

export type RevisionFiles = { procfile: Procfile; appJson: AppJson }

/** What Berth itself reads of a revision. A bad file ends the build before it began. @throws RELEASE.…, SOURCE.… */
export async function readRevision(tree: SourceTree): Promise<RevisionFiles> {
  const procfile = await readFile(tree, 'Procfile')
  const appJson = await readFile(tree, 'app.json')
  return {
    procfile: procfile === null ? imageProcesses : parseProcfile(procfile),
    appJson: appJson === null ? emptyAppJson : parseAppJson(appJson),
  }
}
