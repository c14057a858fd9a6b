import { Command, Option } from 'commander'
import { expect, test } from 'vitest'
import { completeWords } from './complete-words.ts'

function program(): Command {
  const berth = new Command('berth')
  const ps = berth.command('ps').option('-a, --app <name>').option('--json')
  ps.command('scale').option('-a, --app <name>').option('--no-wait')
  ps.command('stop')
  berth.command('pull')
  berth.command('secret', { hidden: true })
  berth.command('export').addOption(new Option('--format <kind>').choices(['env', 'json']))
  return berth
}

const asks = { apps: async () => ['shop', 'blog'] }
const complete = (...said: string[]) => completeWords(program(), said, asks)

test.each([
  [[''], ['export', 'ps', 'pull']],
  [['p'], ['ps', 'pull']],
  [
    ['ps', ''],
    ['scale', 'stop'],
  ],
  [
    ['ps', 'scale', '--'],
    ['--app', '--no-wait'],
  ],
  [
    ['ps', '--app', ''],
    ['blog', 'shop'],
  ],
  [['ps', '-a', 's'], ['shop']],
  [
    ['ps', '-a', 'shop', 's'],
    ['scale', 'stop'],
  ],
  [['ps', '--json', 'sc'], ['scale']],
  [
    ['export', '--format', ''],
    ['env', 'json'],
  ],
  [
    ['nothing', ''],
    ['export', 'ps', 'pull'],
  ],
  [['pull', ''], []],
  [[], ['export', 'ps', 'pull']],
])('after %j may come %j', async (said, next) => {
  expect(await complete(...said)).toEqual(next)
})
