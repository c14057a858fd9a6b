import { expect, test } from 'vitest'
import { fakeSignOnStore } from '../drivers/fake-sign-on-store.ts'
import { openSealing } from '../sealing/seal-values.ts'
import { openSignOn } from './sign-on.ts'

const provider = {
  ...{
    name: 'acme',
    teamId: null,
    issuer: 'https://id.acme.test',
    clientId: 'berth',
    clientSecret: 's3cret',
  },
  ...{ domains: ['acme.test'], newMemberRole: null },
}

test('a provider is kept once under its name, its secret sealed', async () => {
  const store = fakeSignOnStore()
  const signOn = openSignOn({ store, sealing: openSealing('key') })
  const { id } = await signOn.add(provider)
  expect(JSON.stringify(await signOn.list())).not.toContain('s3cret')
  expect(await signOn.open(id)).toMatchObject({ clientSecret: 's3cret' })
  await expect(signOn.add(provider)).rejects.toMatchObject({ code: 'SIGN_ON.TAKEN' })
  expect([await signOn.remove('acme'), await signOn.remove('acme')]).toEqual([true, false])
})

test.each([
  { issuer: 'http://id.acme.test' },
  { issuer: 'id.acme.test' },
  { name: 'Acme Inc' },
  { name: '-x' },
  { domains: [] },
  { domains: ['acme'] },
  { clientId: '' },
  { newMemberRole: 'owner' as never },
])('%o is no provider', async (wrong) => {
  const signOn = openSignOn({ store: fakeSignOnStore(), sealing: openSealing('key') })
  const adding = signOn.add({ ...provider, ...wrong })
  await expect(adding).rejects.toMatchObject({ code: 'SIGN_ON.INVALID' })
  expect(await signOn.list()).toEqual([])
})
