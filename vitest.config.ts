import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Two projects: `parts` beside the code, and `stories` under test/, each with a running platform or engine of its own. Their
 * files run side by side, each in a process of its own. About half of a story is waiting, so there are more files at a
 * time than processors; nothing on the machine is shared but what has a name of its own (homes, ports, tables, cables).
 */
const maxWorkers = Math.ceil(availableParallelism() * 1.5)

/** How long a test asks again, where it says nothing else: long enough for a machine that does much besides. */
const expect = { poll: { timeout: 45_000 } }

/** The stories first, because they take longest: the small parts fill what is left of the processors at the end. */
class StoriesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isStory = ({ project }: TestSpecification) => project.name === 'stories'
    return [...sorted.filter(isStory), ...sorted.filter((file) => !isStory(file))]
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: StoriesFirst },
    projects: [
      {
        test: {
          name: 'parts',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'infra/**/*.test.ts'],
          maxWorkers,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          expect,
        },
      },
      {
        test: {
          name: 'stories',
          include: ['test/**/*.test.ts'],
          setupFiles: ['test/platform/tell-failures.ts'],
          maxWorkers,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          expect,
        },
      },
    ],
  },
})
