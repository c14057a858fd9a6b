import { type ErrorRecord, releaseLabel, sayBytes, saySeconds } from '@berth/domain'
import { cleanLine, cleanLines } from '../clean-text.ts'
import type { Notice } from '../notices.ts'
import type { Message } from './message.ts'

/** `addressOf`: where an app is looked at. */
export type NoticePlaces = { machine: string; addressOf(appName: string): string }

/** A notice in words. What comes from an app or from a build is cleaned, and cut: it is read in other programs. */
export function sayNotice(notice: Notice, at: Date, { machine, addressOf }: NoticePlaces): Message {
  const { type, isGood, title, lines, fields } = wordsOf(notice)
  const { app } = notice
  return {
    type,
    at: at.toISOString(),
    isGood,
    title: cleanLine(`${app === null ? machine : app.name}: ${title}`).slice(0, longestTitle),
    lines: lines
      .flatMap(cleanLines)
      .filter((line) => line !== '')
      .map(cut)
      .slice(0, mostLines),
    url: app === null ? null : addressOf(app.name),
    fields: { machine, ...(app === null ? {} : { app: app.name, appId: app.id }), ...fields },
  }
}

type Words = Pick<Message, 'type' | 'isGood' | 'title' | 'lines' | 'fields'>

function wordsOf(notice: Notice): Words {
  switch (notice.kind) {
    case 'deployment-succeeded': {
      const { deploymentId, version, durationMs } = notice
      return {
        ...good('deployment.succeeded', `${releaseLabel(version)} is live`),
        lines: [`It took ${saySeconds(durationMs)}.`],
        fields: { deploymentId, version, durationMs },
      }
    }
    case 'deployment-failed': {
      const { deploymentId, version, error } = notice
      return {
        ...bad('deployment.failed', `${releaseLabel(version)} could not be deployed`),
        lines: [...sayError(error), 'What ran before still runs.'],
        fields: { deploymentId, version, error: error.code },
      }
    }
    case 'build-failed': {
      const { buildId, commit, error } = notice
      return {
        ...bad(
          'build.failed',
          commit === null ? 'a build failed' : `the build of ${commit.slice(0, 7)} failed`,
        ),
        lines: sayError(error),
        fields: { buildId, commit, error: error.code },
      }
    }
    case 'crash-loop': {
      const { instance, exit, phase } = notice
      const fields = { instance, exit }
      if (phase === 'ended')
        return { ...good('crash-loop.ended', `${instance} no longer crashes`), lines: [], fields }
      const lines = [
        ...(exit === null ? [] : [`Its last end: ${exit}.`]),
        `See: berth logs --app ${notice.app.name}`,
      ]
      return { ...bad('crash-loop.begun', `${instance} crashes again and again`), lines, fields }
    }
    case 'unhealthy': {
      const { instance, reason, phase } = notice
      const fields = { instance, reason }
      if (phase === 'ended')
        return { ...good('health.good', `${instance} is no longer unhealthy`), lines: [], fields }
      const lines = reason === null ? [] : [reason]
      return { ...bad('health.bad', `${instance} is not healthy`), lines, fields }
    }
    case 'certificate-expiring': {
      const { hosts, expiresAt } = notice
      const until = expiresAt.toISOString()
      return {
        ...bad('certificate.expiring', `the certificate of ${firstOf(hosts)} ends on ${until.slice(0, 10)}`),
        lines: ['It could not be renewed in time by itself.'],
        fields: { hosts: [...hosts], expiresAt: until },
      }
    }
    case 'certificate-failed': {
      const { hosts, error } = notice
      return {
        ...bad('certificate.failed', `no certificate for ${firstOf(hosts)}`),
        lines: sayError(error),
        fields: { hosts: [...hosts], error: error.code },
      }
    }
    case 'cron-failed': {
      const { runId, schedule, command, error } = notice
      return {
        ...bad('cron.failed', `a scheduled command failed: ${command}`),
        lines: [`Its schedule: ${schedule}`, ...sayError(error)],
        fields: { runId, schedule, command, error: error.code },
      }
    }
    case 'disk-filling': {
      const { path, usedFraction, freeBytes, phase } = notice
      const fields = { path, usedFraction, freeBytes }
      const free = `${sayBytes(freeBytes)} are free.`
      if (phase === 'ended')
        return { ...good('disk.good', 'there is room on the disk again'), lines: [free], fields }
      const percent = Math.round(usedFraction * 100)
      return { ...bad('disk.filling', `the disk of ${path} is ${percent} % full`), lines: [free], fields }
    }
  }
}

/** Both are far beyond what anything of ours says, and short enough for every chat. */
const longestTitle = 200
const longestLine = 500
const mostLines = 12

function good(type: string, title: string) {
  return { type, isGood: true, title }
}

function bad(type: string, title: string) {
  return { type, isGood: false, title }
}

function sayError({ message, hint }: ErrorRecord): string[] {
  return [message, hint]
}

function firstOf(hosts: readonly string[]): string {
  return hosts.length > 1 ? `${hosts[0]} and ${hosts.length - 1} more` : (hosts[0] ?? 'no host')
}

function cut(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line
}
