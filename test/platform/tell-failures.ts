import { afterAll, afterEach } from 'vitest'
import { whatPlatformsSaid } from './last-lines.ts'

/** Loaded before each story: beside a failure stands what the processes of its platform said last. */
afterEach(({ task }) => {
  if (task.result?.state === 'fail') tell()
})
// Where the story could not even begin.
// biome-ignore lint/correctness/noEmptyPattern: vitest reads from it what a hook wants.
afterAll(({}, file) => {
  if (file.result?.state === 'fail') tell()
})

function tell(): void {
  const said = whatPlatformsSaid()
  if (said !== '') console.error(said)
}
