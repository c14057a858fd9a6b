import { closeSync, constants, openSync } from 'node:fs'
import { projectOf, setProject } from '../system/syscalls.ts'

/**
 * `node change-project.ts PATH PROJECT`: what a process may do to whose quota a file is counted in, and to whether a
 * directory passes it on. Prints the error code of each attempt, or `done`.
 */
const [path = '', project = ''] = process.argv.slice(2)
const descriptor = openSync(path, constants.O_RDONLY)
const own = projectOf(descriptor)
if (own === null) throw new Error('There are no projects here.')
console.log(
  [
    { ...own, project: Number(project) },
    { ...own, passesOn: !own.passesOn },
  ]
    .map((wanted) => attempt(() => setProject(descriptor, wanted)))
    .join(' '),
)
closeSync(descriptor)

function attempt(work: () => void): string {
  try {
    work()
    return 'done'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}
