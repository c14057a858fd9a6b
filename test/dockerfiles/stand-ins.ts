/**
 * Base images as the Dockerfiles name them, made of a distribution's packages: no registry is needed. The versions are
 * the distribution's, so a stand-in is named for what it takes the place of, not for what it holds.
 */
export const suite = 'debian:bookworm-slim'

const install = (...packages: string[]) =>
  `RUN apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')} && rm -rf /var/lib/apt/lists/*`

const nginx = [
  install('nginx'),
  'RUN rm -f /etc/nginx/sites-enabled/default && mkdir -p /usr/share/nginx/html',
  'CMD ["nginx", "-g", "daemon off;"]',
]

const standIns: Readonly<Record<string, readonly string[]>> = {
  'node:22-bookworm-slim': [install('nodejs', 'npm'), 'RUN useradd --uid 1000 --create-home node'],
  'nginx:1.27': nginx,
  'nginx:alpine': nginx,
  'nginxinc/nginx-unprivileged:1.27-alpine': nginx,
  // pip finds what the requirements name among the distribution's packages.
  'python:3.11-slim-bookworm': [
    install('python3', 'python3-pip', 'python3-flask', 'gunicorn'),
    'ENV PIP_BREAK_SYSTEM_PACKAGES=1',
  ],
  'golang:1.23-bookworm': [install('golang-go', 'gcc', 'libc6-dev', 'ca-certificates')],
  // The package links its manual pages, into a directory that slim images lack.
  'eclipse-temurin:17-jdk': [
    'RUN mkdir -p /usr/share/man/man1',
    install('openjdk-17-jdk-headless', 'binutils'),
  ],
  'rust:1.63-slim-bookworm': [install('cargo', 'rustc', 'gcc', 'libc6-dev')],
  // Maven finds its plugins in the distribution's repository.
  'maven:3.8-openjdk-17': [
    'RUN mkdir -p /usr/share/man/man1',
    install('maven', 'maven-debian-helper', 'openjdk-17-jdk-headless'),
    "RUN mkdir -p /root/.m2 && echo '<settings><localRepository>/usr/share/maven-repo</localRepository></settings>' > /root/.m2/settings.xml",
  ],
  'postgres:15-bookworm': [install('postgresql-15'), 'ENV PATH=/usr/lib/postgresql/15/bin:$PATH'],
}

export const standInNames: readonly string[] = Object.keys(standIns)

export function standInDockerfile(name: string): string {
  return [`FROM ${suite}`, ...(standIns[name] ?? [])].join('\n')
}
