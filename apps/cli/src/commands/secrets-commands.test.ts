import { Command } from 'commander'
import { expect, onTestFinished, test, vi } from 'vitest'
import { addSecretsCommands, linesOf } from './secrets-commands.ts'

test('the key is root’s', async () => {
  const asked = vi.spyOn(process, 'getuid').mockReturnValue(1_000)
  onTestFinished(() => asked.mockRestore())
  const program = new Command()
  addSecretsCommands(program)
  await expect(program.parseAsync(['secrets', 'rotate'], { from: 'user' })).rejects.toMatchObject({
    code: 'SECRETS.NOT_ROOT',
  })
})

test('what became of the former key is said', () => {
  const turned = { resumed: false, values: 1, unreadable: 0, formerDropped: true }
  expect(linesOf(turned).slice(0, 2)).toEqual([
    'Sealed 1 value with the new key.',
    'The former key opens nothing any more.',
  ])
  const kept = linesOf({ resumed: true, values: 0, unreadable: 2, formerDropped: false })
  expect(kept[0]).toContain('An earlier rotation was broken off')
  expect(kept.join('\n')).toContain('2 cannot be opened with any key, and stay as they are.')
  expect(kept.join('\n')).toContain('berth secrets rotate --drop-former')
})
