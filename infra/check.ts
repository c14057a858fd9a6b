/**
 * `npm run check`: format and lint, types, who imports whom, and a word about files that have grown long. Ends with
 * status 1 where anything but a length is wrong.
 */
import { readFile } from 'node:fs/promises'
import { type Command, command, localRunner } from '@berth/command'
import { checkImports, ruleCycles } from './check-imports.ts'

const longFileLines = 300

const root = new URL('..', import.meta.url).pathname
const files = await sourceFiles()
const results = [
  await report('format and lint', () =>
    words(command('biome', 'ci', '--colors=off', '--error-on-warnings', '.')),
  ),
  await report('types', () => words(command('tsc', '-p', '.'))),
  await report('types of the dashboard', () => words(command('tsc', '-p', 'apps/dashboard', '--noEmit'))),
  await report('imports', async () => [
    ...checkImports(files).map(({ path, line, message }) => `${path}:${line} ${message}`),
    ...ruleCycles().map((cycle) => `infra/import-rules.ts allows a cycle: ${cycle.join(' → ')}`),
  ]),
]
for (const file of files) {
  const lines = file.text.split('\n').length
  if (lines > longFileLines) console.warn(`  warning: ${file.path} has ${lines} lines; is it one thing?`)
}
process.exitCode = results.every(Boolean) ? 0 : 1

async function report(title: string, check: () => Promise<string[]>): Promise<boolean> {
  const started = Date.now()
  const complaints = await check()
  const good = complaints.length === 0
  console.log(`${good ? 'ok' : 'NOT OK'}  ${title} (${Date.now() - started} ms)`)
  for (const complaint of complaints) console.log(`  ${complaint}`)
  return good
}

/** What the program had to say, line by line, where it did not end well. */
async function words(given: Command): Promise<string[]> {
  const statuses = Array.from({ length: 128 }, (_, status) => status)
  const options = { okStatuses: statuses, timeoutMs: 300_000 }
  const { status, stdout, stderr } = await localRunner.run({ ...given, cwd: root }, options)
  return status === 0 ? [] : `${stdout}${stderr}`.trim().split('\n')
}

async function sourceFiles() {
  const list = command(
    'git',
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    '*.ts',
    '*.tsx',
  )
  const { stdout } = await localRunner.run({ ...list, cwd: root })
  const paths = [...new Set(stdout.split('\0'))].filter(
    (path) => path !== '' && !path.startsWith('test/apps/'),
  )
  return await Promise.all(paths.map(async (path) => ({ path, text: await readFile(root + path, 'utf8') })))
}
