import 'server-only'
import { createCaller, createContext, toBerthError } from '@berth/api'
import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { cache } from 'react'
import { pathHeader } from './door/request-header.ts'
import { safePath } from './door/safe-path.ts'
import { askingOf, parts } from './wiring.ts'

/** The API without HTTP, as the person who asks for this page; looked up once per request. */
export const caller = cache(async () => {
  const asking = await askingOf(await headers())
  return createCaller(createContext(await parts(), asking.person, asking))
})

export type Caller = Awaited<ReturnType<typeof caller>>

/** Reads for a page. Signed out leads to the sign-in page, a thing one may not see to "not found". */
export async function read<Value>(ask: (api: Caller) => Promise<Value>): Promise<Value> {
  const api = await caller()
  try {
    return await ask(api)
  } catch (thrown) {
    const error = toBerthError(thrown)
    if (error?.code === 'API.SIGNED_OUT') redirect(await entrance(api))
    if (error?.code.endsWith('.NOT_FOUND')) notFound()
    throw thrown
  }
}

/** Where a stranger is led: to the notice of a new platform, or to the sign-in page and back from there. */
async function entrance(api: Caller): Promise<string> {
  const { hasOwner } = await api.meta.status()
  if (!hasOwner) return '/welcome'
  const path = safePath((await headers()).get(pathHeader))
  return path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`
}
