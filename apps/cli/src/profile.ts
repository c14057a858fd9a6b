import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { cliError } from './errors.ts'

/** Where the person is signed in. BERTH_URL and BERTH_TOKEN in the environment win over the file. */
export type Profile = { url: string; token: string }

const profileShape = z.object({ url: z.url(), token: z.string().min(1) })

function profilePath(): string {
  const base = process.env.XDG_CONFIG_HOME || join(homedir(), '.config')
  return join(base, 'berth', 'profile.json')
}

/** @throws CLI.NOT_SIGNED_IN */
export async function readProfile(): Promise<Profile> {
  const { BERTH_URL: url, BERTH_TOKEN: token } = process.env
  if (url && token) return { url, token }
  try {
    return profileShape.parse(JSON.parse(await readFile(profilePath(), 'utf8')))
  } catch (error) {
    throw cliError['CLI.NOT_SIGNED_IN']({}, { cause: error })
  }
}

/** Written beside its place and renamed, readable by its owner alone. */
export async function writeProfile(profile: Profile): Promise<void> {
  const path = profilePath()
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(`${path}.new`, `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

export async function forgetProfile(): Promise<void> {
  await rm(profilePath(), { force: true })
}
