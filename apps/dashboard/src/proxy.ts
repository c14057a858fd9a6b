import { type NextRequest, NextResponse } from 'next/server'
import { contentSecurityPolicy } from './door/content-security-policy.ts'
import { isSession, sessionAddress } from './door/pass-session.ts'
import { pathHeader } from './door/request-header.ts'

/**
 * Gives every page a nonce and the policy that names it; Next puts the nonce on the scripts it writes. It guards nothing:
 * each page and each procedure asks for itself who is there.
 */
export function proxy(request: NextRequest): NextResponse {
  if (isSession(request)) return NextResponse.rewrite(sessionAddress(request, process.env))
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64')
  const policy = contentSecurityPolicy(nonce, { development: process.env.NODE_ENV === 'development' })
  const headers = new Headers(request.headers)
  headers.set('Content-Security-Policy', policy)
  headers.set(pathHeader, request.nextUrl.pathname + request.nextUrl.search)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('Content-Security-Policy', policy)
  return response
}

export const config = { matcher: ['/((?!api/|_next/static/|icon.svg).*)'] }
