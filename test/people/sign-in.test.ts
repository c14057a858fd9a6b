import { codeFor } from '@berth/database/tests/people-house.ts'
import { openBrowser, type StoryBrowser, type Visitor } from '@berth/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localAddress, publicAddress, signInLink } from '../dashboard/addresses.ts'
import { person, type Signed } from '../platform/person.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { untilAnswer } from '../platform/visitors.ts'
import { client, openProvider, type StoryProvider } from './open-provider.ts'

/** Every way in, through a real browser and the command line, at the address that people use. */
let platform: Platform
let browser: StoryBrowser
let ada: Signed
const password = 'correct horse battery'

beforeAll(async () => {
  platform = await startPlatform()
  browser = await openBrowser()
  ada = await person(platform, 'ada', { team: 'Harbour', role: 'owner' })
  await untilAnswer(platform, 'berth', ({ status }) => status === 307, 15_000)
})

afterAll(async () => {
  await browser?.close()
  await platform?.remove()
})

const newcomer = () => browser.visitor({ baseURL: publicAddress(platform) })
const heading = ({ page }: Visitor, name: string) => page.getByRole('heading', { level: 1, name })

/** Opens the account at the machine's own link, and sets a password with another. */
async function setPassword(email: string): Promise<void> {
  const { stdout } = await platform.berth(['account', 'reset-password', email])
  const visitor = await newcomer()
  await visitor.page.goto(stdout.trim().replace(localAddress(platform), publicAddress(platform)))
  await visitor.page.getByLabel('New password').fill(password)
  await visitor.page.getByRole('button', { name: 'Set the password' }).click()
  await heading(visitor, 'Sign in').waitFor()
  expect(visitor.problems).toEqual([])
}

async function signIn({ page }: Visitor, email: string, given = password): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(given)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('a link made at the machine sets a password, once, and the password signs in', async () => {
  const { stdout } = await platform.berth(['account', 'reset-password', ada.email])
  const link = stdout.trim().replace(localAddress(platform), publicAddress(platform))
  const first = await newcomer()
  const set = async (visitor: Visitor) => {
    await visitor.page.goto(link)
    await visitor.page.getByLabel('New password').fill(password)
    await visitor.page.getByRole('button', { name: 'Set the password' }).click()
  }
  await set(first)
  await heading(first, 'Sign in').waitFor()
  await signIn(first, ada.email)
  await heading(first, 'Apps').waitFor()

  const second = await newcomer()
  await set(second)
  await second.page.getByText('The password was not set.').waitFor()
  expect([...first.problems, ...second.problems]).toEqual([])
})

test('an invitation makes an account of the address that was invited, once', async () => {
  const { stdout } = await platform.berth(['members', 'invite', 'bob@example.test', '--json'], {
    env: ada.env,
  })
  const { link } = JSON.parse(stdout) as { link: string }
  expect(link).toMatch(new RegExp(`^${publicAddress(platform)}/invitation\\?token=`))
  const bob = await newcomer()
  await bob.page.goto(link)
  await bob.page.getByText('bob@example.test is invited as developer.').waitFor()
  await bob.page.getByLabel('Name').fill('Bob')
  await bob.page.getByLabel('Password').fill(password)
  await bob.page.getByRole('button', { name: 'Make the account and join' }).click()
  await heading(bob, 'Apps').waitFor()

  const second = await newcomer()
  await second.page.goto(link)
  await heading(second, 'This invitation was accepted already.').waitFor()
  const members = JSON.parse((await platform.berth(['members', '--json'], { env: ada.env })).stdout)
  expect(members).toMatchObject({
    invitations: [],
    members: [{ role: 'owner' }, { email: 'bob@example.test', role: 'developer' }],
  })
  expect(bob.problems).toEqual([])
})

test('an invitation is nobody else’s, and whoever has an account accepts it signed in', async () => {
  await platform.berth(['teams', 'create', 'Second'], { env: ada.env })
  const invite = ['members', 'invite', 'bob@example.test', '--role', 'viewer', '--team', 'Second', '--json']
  const { link } = JSON.parse((await platform.berth(invite, { env: ada.env })).stdout) as { link: string }
  const refused = await platform.berth(['members', 'accept', link], { env: ada.env, okStatuses: [1] })
  expect(refused.stderr).toContain('another address')

  const bob = await newcomer()
  await bob.page.goto(link)
  await bob.page.getByRole('link', { name: 'Sign in' }).click()
  await bob.page.getByLabel('E-mail address').fill('bob@example.test')
  await bob.page.getByLabel('Password').fill(password)
  await bob.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await bob.page.getByRole('button', { name: 'Join' }).click()
  await heading(bob, 'Apps').waitFor()
  const teams = await platform.berth(['members', '--team', 'Second', '--json'], { env: ada.env })
  expect(teams.stdout).toContain('bob@example.test')
  expect(bob.problems).toEqual([])
})

describe('a second factor', () => {
  let uri = ''
  let recoveryCodes: string[] = []

  test('is set up in the browser, and asked for there and by `berth login`', async () => {
    await person(platform, 'carol', { team: 'Harbour', role: 'developer' })
    await setPassword('carol@example.test')
    const carol = await newcomer()
    await signIn(carol, 'carol@example.test')
    await heading(carol, 'Apps').waitFor()
    await carol.page.goto('/account/security')
    await carol.page.getByRole('button', { name: 'Set up an authenticator' }).click()
    await carol.page.getByLabel('Your password').fill(password)
    await carol.page.getByRole('button', { name: 'Set up an authenticator' }).click()
    uri = (await carol.page.getByText(/^otpauth:/).textContent()) ?? ''
    await carol.page.getByLabel('Code', { exact: true }).fill(codeFor(uri))
    await carol.page.getByRole('button', { name: 'Confirm' }).click()
    await carol.page.getByText('The authenticator is asked for from now on.').waitFor()
    recoveryCodes = await carol.page.getByText(/^\w{5}-\w{5}$/).allTextContents()
    expect(recoveryCodes).toHaveLength(10)
    expect(carol.problems).toEqual([])

    const again = await newcomer()
    await signIn(again, 'carol@example.test')
    await heading(again, 'One more step').waitFor()
    await again.page.goto('/account')
    await heading(again, 'Sign in').waitFor()
    await signIn(again, 'carol@example.test')
    await again.page.getByLabel('Code').fill('000000')
    await again.page.getByRole('button', { name: 'Sign in' }).click()
    await again.page.getByText('This code is not, or not any more, the right one.').waitFor()
    await again.page.getByLabel('Code').fill(codeFor(uri))
    await again.page.getByRole('button', { name: 'Sign in' }).click()
    await heading(again, 'Apps').waitFor()
  })

  test('a recovery code lets the command line in, once', async () => {
    const home = { XDG_CONFIG_HOME: `${platform.directory}/carol` }
    const login = (code: string, okStatuses: number[]) =>
      platform.berth(['login', localAddress(platform), '--email', 'carol@example.test'], {
        ...{ env: home, okStatuses, input: `${password}\n${code}\n` },
      })
    expect((await login(recoveryCodes[0] ?? '', [0])).stdout).toContain('Signed in')
    expect((await platform.berth(['whoami'], { env: home })).stdout).toContain('carol@example.test')
    expect((await login(recoveryCodes[0] ?? '', [1])).stderr).toContain('code')
    expect((await login(codeFor(uri), [0])).stdout).toContain('Signed in')
  })

  test('that a team demands bars whoever has none from it, and nobody who has one', async () => {
    const demand = (given: string) =>
      platform.berth(['teams', 'demand', '--second-factor', given, '--team', 'Harbour'], {
        ...{ env: ada.env, okStatuses: [0, 1] },
      })
    const refused = await demand('yes')
    expect(refused.stderr).toContain('You would lock yourself out')
    await platform.berth(['members', 'role', 'carol@example.test', 'owner', '--team', 'Harbour'], {
      env: ada.env,
    })
    const token = await platform.berth(['account', 'token', 'carol@example.test', '--name', 'story'])
    const carol = { ...ada.env, BERTH_TOKEN: token.stdout.trim() }
    await platform.berth(['teams', 'demand', '--second-factor', 'yes', '--team', 'Harbour'], { env: carol })
    const barred = await platform.berth(['members', '--team', 'Harbour'], { env: ada.env, okStatuses: [1] })
    expect(barred.stderr).toContain('second factor')
    await platform.berth(['members', '--team', 'Harbour'], { env: carol })
    await platform.berth(['teams', 'demand', '--second-factor', 'no', '--team', 'Harbour'], { env: carol })
  })
})

test('a passkey is made in the browser and signs in by itself', async () => {
  await person(platform, 'dora', { team: 'Harbour', role: 'developer' })
  const dora = await newcomer()
  const devTools = await dora.page.context().newCDPSession(dora.page)
  await devTools.send('WebAuthn.enable')
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  await dora.page.goto(await signInLink(platform, 'dora@example.test'))
  await dora.page.getByRole('button', { name: 'Sign in' }).click()
  await heading(dora, 'Apps').waitFor()
  await dora.page.goto('/account/security')
  await dora.page.getByRole('button', { name: 'Add a passkey' }).click()
  await dora.page.getByText('The passkey signs you in from now on.').waitFor()
  await dora.page.getByRole('button', { name: 'Sign out' }).first().click()
  await heading(dora, 'Sign in').waitFor()

  await dora.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await heading(dora, 'Apps').waitFor()
  expect(dora.problems).toEqual([])

  await dora.page.goto('/account')
  await dora.page.getByRole('button', { name: 'Sign out' }).first().click()
  await heading(dora, 'Sign in').waitFor()
  await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await dora.page.goto('/sign-in')
  await dora.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await dora.page.getByText('The passkey was not taken.').waitFor()
})

describe('sign-on with a provider that is not ours', () => {
  let provider: StoryProvider
  beforeAll(async () => {
    provider = await openProvider()
    const words = ['account', 'sign-on', 'add', 'corp', '--issuer', provider.issuer, '--client-id', client.id]
    const more = [
      '--domain',
      'corp.test',
      '--domain',
      'example.test',
      '--team',
      'Harbour',
      '--new-members',
      'viewer',
    ]
    const added = await platform.berth([...words, ...more], { input: `${client.secret}\n` })
    provider.register(/http\S+\/api\/auth\/callback\/\S+/.exec(added.stdout)?.[0] ?? '')
  })
  afterAll(() => provider?.close())

  async function enter(email: string, isVerified = true): Promise<Visitor> {
    Object.assign(provider.next, { email, isVerified })
    const visitor = await newcomer()
    await visitor.page.goto('/sign-in?next=/account')
    await visitor.page.getByRole('button', { name: 'Sign in with corp' }).click()
    return visitor
  }

  test('makes an account in its team for an address that it has verified', async () => {
    const erin = await enter('erin@corp.test')
    await heading(erin, 'From Elsewhere').waitFor()
    await erin.page.getByText('erin@corp.test · viewer of Harbour').waitFor()
    expect(erin.problems).toEqual([])
  })

  test('leads somebody with an account into it', async () => {
    const bob = await enter('carol@example.test')
    await heading(bob, 'carol').waitFor()
  })

  test('is not believed for an address that it has not verified', async () => {
    const eve = await enter('ada@example.test', false)
    await eve.page.getByText('The provider may not enter the account of this address.').waitFor()
    await eve.page.goto('/account')
    await heading(eve, 'Sign in').waitFor()
  })

  test('makes no account for an address that it has not verified', async () => {
    const eve = await enter('grace@corp.test', false)
    await eve.page.getByText('The provider has not verified your address.').waitFor()
  })

  test('is not believed for an address of another domain', async () => {
    const eve = await enter('frank@elsewhere.test')
    await eve.page.getByText('This provider does not speak for your address.').waitFor()
  })

  test('does not enter an account whose address nobody ever confirmed', async () => {
    const bob = await enter('bob@example.test')
    await bob.page.getByText('The provider may not enter the account of this address.').waitFor()
  })
})
