import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import type { SignOnProvider } from './sign-on.ts'

/**
 * One OpenID provider, as better-auth's plugin takes it: code flow with PKCE, a nonce, and ID tokens whose signature is
 * verified. Whom it names is checked by `refusal`, at every sign-in.
 */
export function providerPlugin(provider: SignOnProvider & { clientSecret: string }) {
  return genericOAuth({
    config: [
      {
        providerId: provider.id,
        name: provider.name,
        discoveryUrl: `${provider.issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
        clientId: provider.clientId,
        clientSecret: provider.clientSecret,
        scopes: ['openid', 'email', 'profile'],
        pkce: true,
        requireIdTokenVerification: true,
        disableSignUp: provider.newMemberRole === null,
      },
    ],
  })
}

/**
 * Why the provider's word does not count for this address; null: it does. An address that the provider has not verified is
 * whatever somebody typed there, and one of another domain is not its to speak of.
 */
export function refusal(
  { domains }: Pick<SignOnProvider, 'domains'>,
  { email, isVerified }: { email: string; isVerified: boolean },
): 'address_not_verified' | 'other_domain' | null {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  if (!domains.includes(domain)) return 'other_domain'
  return isVerified ? null : 'address_not_verified'
}
