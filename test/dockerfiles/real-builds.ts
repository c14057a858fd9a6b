/** Which Dockerfiles can be built with stand-ins for their bases, and what shows that the image is right. */
export type RealBuild = {
  /** A folder here. */
  name: string
  bases: readonly string[]
  target?: string
  arguments?: Readonly<Record<string, string>>
  /** `entrypoint` []: none, in place of the image's. */
  check?: { entrypoint?: readonly string[]; command: readonly string[]; says: string }
}

const askHealth = [
  "const { createServer } = await import('./src/app.js')",
  'const server = createServer().listen(0)',
  "await new Promise((resolve) => server.once('listening', resolve))",
  "const answer = await fetch('http://127.0.0.1:' + server.address().port + '/health')",
  'console.log(await answer.text())',
  'process.exit(0)',
].join('\n')

export const realBuilds: readonly RealBuild[] = [
  {
    name: 'node-npm',
    bases: ['node:22-bookworm-slim'],
    target: 'test',
    check: { command: ['sh', '-c', 'ls node_modules | wc -l && npm test 2>&1'], says: '# pass 1' },
  },
  {
    name: 'node-npm',
    bases: ['node:22-bookworm-slim'],
    check: { command: ['node', '--input-type=module', '-e', askHealth], says: '{"ok":true}' },
  },
  {
    name: 'vite-nginx',
    bases: ['node:22-bookworm-slim', 'nginx:1.27'],
    arguments: { VITE_RELEASE: 'v7' },
    check: { command: ['sh', '-c', 'cat /usr/share/nginx/html/assets/*.js'], says: 'v7' },
  },
  {
    name: 'flask',
    bases: ['python:3.11-slim-bookworm'],
    check: {
      command: ['python3', '-c', "import wsgi; print(wsgi.app.test_client().get('/').text)"],
      says: '<h1>Flask</h1>',
    },
  },
  {
    name: 'go-scratch',
    bases: ['golang:1.23-bookworm'],
    arguments: { VERSION: '1.2.3' },
    check: { command: ['version'], says: '1.2.3' },
  },
  {
    name: 'java-jlink',
    bases: ['eclipse-temurin:17-jdk', 'debian:bookworm-slim'],
    check: { command: ['java', '-jar', '/app/hello.jar'], says: 'hello from Java 17' },
  },
  {
    name: 'php-fpm-nginx',
    bases: ['debian:bookworm-slim'],
    check: { command: ['php', 'public/index.php'], says: 'site 8' },
  },
  {
    name: 'hugo',
    bases: ['debian:bookworm-slim', 'nginxinc/nginx-unprivileged:1.27-alpine'],
    check: { command: ['cat', '/usr/share/nginx/html/index.html'], says: 'First' },
  },
  {
    name: 'postgres-extensions',
    bases: ['postgres:15-bookworm'],
    check: { command: ['ls', '/docker-entrypoint-initdb.d'], says: '020-roles.sql' },
  },
  {
    name: 'cron-worker',
    bases: ['debian:bookworm-slim'],
    check: { entrypoint: ['run-jobs'], command: [], says: 'job one' },
  },
  {
    name: 'static-nginx',
    bases: ['nginx:alpine'],
    check: { command: ['cat', '/usr/share/nginx/html/index.html'], says: 'Hello' },
  },
  {
    name: 'rust-cargo',
    bases: ['rust:1.63-slim-bookworm', 'debian:bookworm-slim'],
    check: { command: ['one', 'two', 'three'], says: '3 words' },
  },
  {
    name: 'maven-offline',
    bases: ['maven:3.8-openjdk-17', 'eclipse-temurin:17-jdk'],
    check: { command: [], says: 'ledger: sales 4200' },
  },
]
