import { describe, expect, test } from 'vitest'
import {
  appUrl,
  dashboardHost,
  frontDoorUrl,
  places,
  readSettings,
  secureUrl,
  settingsEnvironment,
} from './settings.ts'

test('without anything said, it is a platform of this machine’s own', () => {
  expect(readSettings({})).toEqual({
    home: '/var/lib/berth',
    run: '/run/berth',
    databaseUrl: null,
    baseDomain: 'localhost',
    httpPort: 8080,
    httpsPort: 8443,
    trustedProxies: [],
    sshPort: 2222,
    dashboardPort: 3000,
    receiverPort: 3022,
    openBeforeOwner: false,
    buildAuthorities: null,
    privateRegistries: [],
    healthTimeoutMs: 60_000,
    smtpUrl: null,
    mailFrom: 'Berth <berth@localhost>',
    privateHosts: [],
    logBytes: 104_857_600,
    logAgeMs: 604_800_000,
    acme: null,
    appPorts: { from: 1_024, to: 32_767 },
    nameServers: [],
  })
})

test('every process that is started with the settings reads the same ones', () => {
  const settings = readSettings({
    BERTH_HOME: '/srv/berth/',
    DATABASE_URL: 'postgresql://db/berth',
    BERTH_BASE_DOMAIN: 'Apps.Example.com',
    BERTH_HTTP_PORT: '80',
    BERTH_HTTPS_PORT: 'off',
    BERTH_TRUSTED_PROXIES: '10.0.0.7, 2001:DB8::/32',
    BERTH_ACME_EMAIL: 'ops@example.com',
    BERTH_ACME_DNS_WEBHOOK: 'https://dns.example.com/hook',
    BERTH_APP_PORTS: '5000-5999',
    BERTH_NAME_SERVERS: '192.0.2.1, [2001:db8::1]:5353',
    BERTH_OPEN_BEFORE_OWNER: '1',
    BERTH_BUILD_AUTHORITIES: 'host',
    BERTH_PRIVATE_REGISTRIES: 'Registry.Internal:5000, http://10.0.0.7:5000,[fd00::1]:443',
    BERTH_SMTP_URL: 'smtps://berth:pa%40ss@mail.example.com',
    BERTH_MAIL_FROM: 'Our Berth <berth@example.com>',
    BERTH_PRIVATE_HOSTS: 'Chat.Internal, 10.0.0.9:8065',
  })
  expect(settings).toMatchObject({
    home: '/srv/berth',
    baseDomain: 'apps.example.com',
    httpsPort: null,
    trustedProxies: ['10.0.0.7', '2001:db8::/32'],
    openBeforeOwner: true,
    acme: {
      email: 'ops@example.com',
      directory: 'https://acme-v02.api.letsencrypt.org/directory',
      authorities: null,
      dnsWebhook: 'https://dns.example.com/hook',
    },
    nameServers: ['192.0.2.1', '[2001:db8::1]:5353'],
    appPorts: { from: 5_000, to: 5_999 },
    privateRegistries: [
      { host: 'registry.internal:5000', plain: false },
      { host: '10.0.0.7:5000', plain: true },
      { host: '[fd00::1]:443', plain: false },
    ],
    smtpUrl: 'smtps://berth:pa%40ss@mail.example.com',
    mailFrom: 'Our Berth <berth@example.com>',
    privateHosts: ['chat.internal', '10.0.0.9:8065'],
  })
  expect(readSettings(settingsEnvironment(settings))).toEqual(settings)
  expect(readSettings(settingsEnvironment(readSettings({})))).toEqual(readSettings({}))
})

test('two platforms on one machine do not share a run directory', () => {
  const [one, other] = [readSettings({ BERTH_HOME: '/srv/a' }), readSettings({ BERTH_HOME: '/srv/b' })]
  expect(one.run).not.toBe(other.run)
  expect(readSettings({ BERTH_HOME: '/srv/a' }).run).toBe(one.run)
})

test('a socket’s path fits into the 107 bytes that Linux allows', () => {
  const { postgresSocketDirectory, ...others } = places(readSettings({ BERTH_HOME: `/${'a'.repeat(200)}` }))
  const sockets = [others.workerSocket, others.haproxyAdminSocket, others.haproxyMasterSocket]
  for (const path of [...sockets, `${postgresSocketDirectory}/.s.PGSQL.5432`]) {
    expect(path.length).toBeLessThanOrEqual(107)
  }
})

describe('refused', () => {
  test.each([
    { BERTH_HOME: 'relative' },
    { BERTH_HOME: '/var/../etc' },
    { BERTH_HOME: '/var/..' },
    { BERTH_HOME: '/with:colon' },
    { BERTH_HOME: '/with,comma' },
    { BERTH_HOME: '/line\nbreak' },
    { BERTH_HTTP_PORT: '0' },
    { BERTH_HTTP_PORT: '65536' },
    { BERTH_HTTPS_PORT: 'none' },
    { BERTH_TRUSTED_PROXIES: 'lb.example.com' },
    { BERTH_TRUSTED_PROXIES: '10.0.0.1 }' },
    { BERTH_ACME_EMAIL: 'nobody' },
    { BERTH_ACME_DIRECTORY: 'ftp://a.example', BERTH_ACME_EMAIL: 'a@b.example' },
    { BERTH_NAME_SERVERS: 'dns.example.com' },
    { BERTH_SSH_PORT: '22x' },
    { BERTH_DASHBOARD_PORT: '-1' },
    { BERTH_RECEIVER_PORT: '1e3' },
    { BERTH_BASE_DOMAIN: 'two..dots' },
    { BERTH_BASE_DOMAIN: 'with space' },
    { BERTH_BASE_DOMAIN: '-dash' },
    { BERTH_BUILD_AUTHORITIES: 'somewhere.pem' },
    { BERTH_PRIVATE_REGISTRIES: 'registry.internal/path' },
    { BERTH_PRIVATE_REGISTRIES: 'user@registry.internal' },
    { BERTH_PRIVATE_REGISTRIES: 'good.example,ftp://bad.example' },
    { BERTH_SMTP_URL: 'mail.example.com:25' },
    { BERTH_SMTP_URL: 'http://mail.example.com' },
    { BERTH_MAIL_FROM: 'Berth' },
    { BERTH_MAIL_FROM: 'a@b.example\r\nBcc: c@d.example' },
    { BERTH_MAIL_FROM: 'a@b.example, c@d.example' },
    { BERTH_PRIVATE_HOSTS: 'http://chat.internal' },
    { BERTH_APP_PORTS: '5432' },
    { BERTH_APP_PORTS: '6000-5000' },
    { BERTH_APP_PORTS: '1-65536' },
  ])('%o', (environment) => {
    const [name] = Object.keys(environment)
    expect(() => readSettings(environment)).toThrow(
      expect.objectContaining({ code: 'SETTINGS.INVALID', message: expect.stringContaining(String(name)) }),
    )
  })
})

test('addresses name the port where it is not the usual one', () => {
  const settings = readSettings({})
  expect(appUrl(settings, 'shop')).toBe('http://shop.localhost:8080')
  expect(appUrl({ ...settings, httpPort: 80 }, 'shop')).toBe('http://shop.localhost')
  expect(frontDoorUrl(settings, dashboardHost(settings))).toBe('http://berth.localhost:8080')
  expect(secureUrl(settings, 'shop.test')).toBe('https://shop.test:8443')
  expect(secureUrl({ httpsPort: 443 }, 'shop.test')).toBe('https://shop.test')
  expect(secureUrl({ httpsPort: null }, 'shop.test')).toBeNull()
})
