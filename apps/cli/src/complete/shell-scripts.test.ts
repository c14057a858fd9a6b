import { command, localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import { shellScripts } from './shell-scripts.ts'

const infra = new URL('../../../../infra', import.meta.url).pathname

test('bash completes what it is asked for', async () => {
  const pressTab = 'COMP_WORDS=(berth account create --r); COMP_CWORD=3; _berth; declare -p COMPREPLY'
  const bash = { ...command('bash'), env: { PATH: `${infra}:${process.env.PATH}` } }
  const { stdout } = await localRunner.run(bash, { input: `${shellScripts.bash}\n${pressTab}\n` })
  expect(stdout).toContain('=([0]="--role")')
})
