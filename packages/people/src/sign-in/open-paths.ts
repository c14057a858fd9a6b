/**
 * Of better-auth's endpoints those that are reachable, and no other. Sessions are listed and ended through the API, because
 * better-auth's own list tells their tokens.
 */
const openPaths = new Set([
  '/sign-in/email',
  '/sign-in/social',
  '/sign-out',
  '/get-session',
  '/change-password',
  '/request-password-reset',
  '/reset-password',
  '/change-email',
  '/verify-email',
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
  '/two-factor/generate-backup-codes',
  '/passkey/generate-register-options',
  '/passkey/verify-registration',
  '/passkey/generate-authenticate-options',
  '/passkey/verify-authentication',
  '/passkey/list-user-passkeys',
  '/passkey/delete-passkey',
  '/passkey/update-passkey',
])

/** Where a sign-on provider sends people back to; the rest is its id. */
const callback = /^\/callback\/([0-9a-f-]{36})$/

export type AuthPath = { path: string; providerId: string | null }

/** What is asked for, below `basePath`; null: nothing that is open. */
export function openPath(pathname: string, basePath: string): AuthPath | null {
  if (!pathname.startsWith(`${basePath}/`)) return null
  const path = pathname.slice(basePath.length)
  const providerId = callback.exec(path)?.[1] ?? null
  return openPaths.has(path) || providerId !== null ? { path, providerId } : null
}

/** What they change for whoever is signed in, as the audit log calls it. Signing in itself is told by tell-sign-ins.ts. */
export const changes: Readonly<Record<string, string>> = {
  '/sign-out': 'sign out',
  '/change-password': 'account.password.change',
  '/change-email': 'account.email.ask',
  '/two-factor/enable': 'account.secondFactor.begin',
  '/two-factor/verify-totp': 'account.secondFactor.confirm',
  '/two-factor/disable': 'account.secondFactor.remove',
  '/two-factor/generate-backup-codes': 'account.secondFactor.recoveryCodes',
  '/passkey/verify-registration': 'account.passkey.add',
  '/passkey/delete-passkey': 'account.passkey.remove',
  '/passkey/update-passkey': 'account.passkey.rename',
}
