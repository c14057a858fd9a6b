import { readSettings } from '@berth/domain'

/**
 * A terminal's WebSocket goes to the dashboard's own origin, which is all that the policy lets a page connect to. The front door
 * hands `/attach/` to the receiver; at the dashboard's own port, where there is no front door, this does. Who may is the receiver's
 * to say, there as here. What is no page's (a token comes along) is told where sessions are taken: `berth` asks first.
 */
export function isSession({ headers, nextUrl }: Asked): boolean {
  return (
    nextUrl.pathname.startsWith('/attach/') &&
    headers.get('upgrade')?.toLowerCase() === 'websocket' &&
    !headers.has('authorization')
  )
}

export function sessionAddress(
  { nextUrl }: Pick<Asked, 'nextUrl'>,
  env: Record<string, string | undefined>,
): URL {
  return new URL(nextUrl.pathname, `http://127.0.0.1:${readSettings(env).receiverPort}`)
}

type Asked = { headers: Headers; nextUrl: { pathname: string } }
