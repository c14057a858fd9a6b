import { read } from '../../../../caller.ts'
import { Tokens } from '../../../../parts/account/tokens.tsx'
import { AsCommand } from '../../../../parts/as-command.tsx'

export const metadata = { title: 'API tokens' }

export default async function TokensPage() {
  const [tokens, platform, apps] = await read((api) =>
    Promise.all([api.people.tokens.list(), api.meta.platform(), api.apps.list()]),
  )
  return (
    <>
      <Tokens initial={tokens} loginUrl={platform.loginUrl} apps={apps.map(({ name }) => name)} />
      <AsCommand commands={[`berth login ${platform.loginUrl}`, 'berth tokens create ci --scope deploy']} />
    </>
  )
}
