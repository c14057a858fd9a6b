import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import type { DockerDaemon } from '../yardstick/docker-daemon.ts'
import type { BenchRun } from './bench-run.ts'
import { freePorts } from './free-ports.ts'
import { accepts, nginxCommand, nginxConfiguration } from './nginx.ts'
import { startProgram } from './start-program.ts'
import type { Question } from './until-answers.ts'

/** What every platform pays that is made of git, Docker and nginx, and not a step more: no health gate, no record. */
export type DockerFloor = {
  /** A path: git starts its other half itself. */
  localRemote: string
  /** The same over an sshd of its own. */
  sshRemote: string
  question: Question
}

const appPort = 5000
const frontPort = 8080

export async function openDockerFloor(
  given: { place: string; docker: DockerDaemon; publicKeyPath: string },
  run: BenchRun,
): Promise<DockerFloor> {
  const { place, docker, publicKeyPath } = given
  const repository = `${place}/floor.git`
  await localRunner.run(
    command('git', 'init', '--quiet', '--bare', '--initial-branch=main', '--', repository),
  )
  await mkdir(`${place}/checkout`)
  await mkdir(`${place}/nginx`)
  await writeFile(`${place}/nginx/target.conf`, targetLine('127.0.0.1'))
  const http = [
    `upstream app { include ${place}/nginx/target.conf; }`,
    `server { listen ${frontPort}; location / { proxy_pass http://app; } }`,
  ]
  const directory = `${place}/nginx`
  await writeFile(`${directory}/nginx.conf`, nginxConfiguration({ directory, workers: 2, http }))
  const nginx = docker.inItsNetwork(nginxCommand(directory))
  await startProgram(nginx, () => accepts(frontPort, docker.address), run)
  await writeFile(`${repository}/hooks/post-receive`, hook(place, docker))
  await chmod(`${repository}/hooks/post-receive`, 0o755)
  const sshPort = await startSshd({ place, publicKeyPath }, run)
  return {
    localRemote: repository,
    sshRemote: `ssh://root@127.0.0.1:${sshPort}${repository}`,
    question: { host: docker.address, port: frontPort, hostHeader: 'app.example.test', path: '/version.txt' },
  }
}

/**
 * A checkout that stays, so that BuildKit sends only what changed. The container's address instead of a published port
 * saves Docker its proxy and a rule. The old container goes when nobody waits any more.
 */
function hook(place: string, docker: DockerDaemon): string {
  const { argv, env } = docker.command()
  const exports = Object.entries(env ?? {}).map(([name, value]) => `export ${name}='${value}'`)
  return `#!/bin/sh
set -e
${exports.join('\n')}
export DOCKER_BUILDKIT=1
docker=${argv[0]}
git --work-tree=${place}/checkout checkout --quiet --force main
$docker build --quiet --tag floor -- ${place}/checkout
old=$(cat ${place}/container 2>/dev/null || true)
$docker run --detach floor > ${place}/container
address=$($docker inspect --format '{{.NetworkSettings.IPAddress}}' "$(cat ${place}/container)")
echo "server $address:${appPort};" > ${place}/nginx/target.conf
nginx -p ${place}/nginx -c ${place}/nginx/nginx.conf -s reload
[ -z "$old" ] || $docker rm --force "$old" > /dev/null 2>&1 < /dev/null &
`
}

function targetLine(address: string): string {
  return `server ${address}:${appPort};\n`
}

/** sshd insists on this directory of root's. Source: sshd(8), FILES. */
const separation = '/run/sshd'

async function startSshd(
  { place, publicKeyPath }: { place: string; publicKeyPath: string },
  run: BenchRun,
): Promise<number> {
  const [port] = (await freePorts(1)) as [number]
  const made = await mkdir(separation, { recursive: true, mode: 0o755 })
  if (made !== undefined) run.defer(() => rm(separation, { recursive: true }))
  const hostKey = `${place}/host.key`
  await localRunner.run(command('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', hostKey))
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${publicKeyPath}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'StrictModes no',
    'PidFile none',
    'UsePAM no',
    'UseDNS no',
    'LogLevel ERROR',
  ]
  await writeFile(`${place}/sshd_config`, `${lines.join('\n')}\n`)
  const sshd = command('/usr/sbin/sshd', '-D', '-e', '-f', `${place}/sshd_config`)
  await startProgram(sshd, () => accepts(port), run)
  return port
}
