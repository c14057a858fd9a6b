import { expect, test } from 'vitest'
import { checkImports, ruleCycles } from './check-imports.ts'

const messages = (path: string, text: string) => checkImports([{ path, text }]).map(({ message }) => message)

test('the rules allow no cycle', () => {
  expect(ruleCycles()).toEqual([])
})

test('a package imports what its rule names', () => {
  expect(messages('packages/source/src/a.ts', "import { x } from '@berth/command'")).toEqual([])
})

test('a forbidden import is told with its line and the reason', () => {
  const [violation] = checkImports([
    {
      path: 'packages/engine/src/a.ts',
      text: "import a from 'node:fs'\nimport type {\n  B,\n} from '@berth/queue'\n",
    },
  ])
  expect(violation).toMatchObject({ line: 2, message: expect.stringContaining('bare machine') })
})

test('processes are started in one package', () => {
  const module = 'child_process'
  const text = `import { spawn } from 'node:${module}'`
  expect(messages('packages/command/src/a.ts', text)).toEqual([])
  expect(messages('apps/worker/src/a.ts', text)).toHaveLength(1)
  expect(messages('apps/worker/src/a.ts', `await import('${module}')`)).toHaveLength(1)
})

test('a relative path does not leave its package', () => {
  expect(messages('packages/engine/src/build/a.ts', "import '../store/b.ts'")).toEqual([])
  expect(
    messages('packages/engine/src/build/a.ts', "export * from '../../../queue/src/index.ts'"),
  ).toHaveLength(1)
})

test('an app imports packages and no app', () => {
  expect(messages('apps/worker/src/a.ts', "import { x } from '@berth/engine'")).toEqual([])
  expect(messages('apps/worker/src/a.ts', "import { x } from '@berth/receiver'")).toHaveLength(1)
})

test('the testkit stays in tests', () => {
  expect(messages('packages/engine/src/a.test.ts', "import { x } from '@berth/testkit'")).toEqual([])
  expect(messages('packages/engine/src/a.ts', "import { x } from '@berth/testkit'")).toHaveLength(1)
})

test('a test of any package may start a real database', () => {
  const text = "import { temporaryDatabase } from '@berth/database/temporary-database.ts'"
  expect(messages('packages/queue/src/a.test.ts', text)).toEqual([])
  expect(messages('packages/queue/src/a.ts', text)).toHaveLength(1)
})
