import { expect, test } from 'vitest'
import { command } from '../command.ts'
import { runnerContract } from '../runner-contract.ts'
import { fakeRunner } from './fake-runner.ts'

runnerContract('the fake runner', {
  runner: fakeRunner(({ argv }) => ({ status: Number(argv[1]), stdout: 'out', stderr: 'err' })),
  ending: (status) => command('end', String(status)),
})

test('it remembers what it was asked, in order', async () => {
  const runner = fakeRunner()
  await runner.run(command('one'))
  runner.start(command('two', '--', 'x'))
  expect(runner.asked.map(({ argv }) => argv)).toEqual([['one'], ['two', '--', 'x']])
})
