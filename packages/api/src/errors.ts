import { errorTable, printable } from '@berth/domain'

export const apiError = errorTable({
  'API.SIGNED_OUT': {
    message: () => 'You are not signed in.',
    hint: () => 'Sign in, or give a token that is valid. `berth login` asks for one.',
    fault: 'user',
    retryable: false,
  },
  'API.NOT_ALLOWED': {
    message: () => 'Your role does not allow this.',
    hint: () => 'Ask an owner or an admin of the team.',
    fault: 'user',
    retryable: false,
  },
  'API.BAD_INPUT': {
    message: (details: { problem: string }) => `That was not understood: ${details.problem}.`,
    hint: () => 'Correct it and try again.',
    fault: 'user',
    retryable: false,
  },
  'API.OTHER_ORIGIN': {
    message: () => 'This request came from another site.',
    hint: () => 'Open the dashboard at its own address and try again.',
    fault: 'user',
    retryable: false,
  },
  'API.NO_SUCH_PROCEDURE': {
    message: () => 'There is no such procedure.',
    hint: () => 'The command line and the platform may be of different versions: update the older one.',
    fault: 'user',
    retryable: false,
  },
  'API.NO_TEAM': {
    message: () => 'You are in no team yet, so there is nobody the app could belong to.',
    hint: () => 'Ask an owner to add you to a team.',
    fault: 'user',
    retryable: false,
  },
  'TEAM.NOT_FOUND': {
    message: (details: { team: string }) => `There is no team ${printable(details.team)}.`,
    hint: () => 'Check the name. `berth whoami --json` lists yours.',
    fault: 'user',
    retryable: false,
  },
  'TEAM.NOT_SAID': {
    message: () => 'You are in several teams, or in several of this name.',
    hint: () => 'Say which, by its name or id: `berth whoami --json` lists them.',
    fault: 'user',
    retryable: false,
  },
  'APP.NOT_FOUND': {
    message: (details: { name: string }) => `There is no app ${printable(details.name)}.`,
    hint: () => 'Check the name. `berth apps` lists yours.',
    fault: 'user',
    retryable: false,
  },
  'APP.NAME_DIFFERS': {
    message: (details: { name: string }) => `The name given is not "${details.name}".`,
    hint: () => 'To remove an app, type its name exactly.',
    fault: 'user',
    retryable: false,
  },
  'APP.NOT_DEPLOYED': {
    message: (details: { app: string }) => `Nothing of ${details.app} was deployed yet.`,
    hint: () => 'Push it first: git push berth main',
    fault: 'user',
    retryable: false,
  },
  'APP.STOPPED': {
    message: (details: { app: string }) => `${details.app} is stopped.`,
    hint: (details: { app: string }) => `Start it: berth ps start --app ${details.app}`,
    fault: 'user',
    retryable: false,
  },
  'APP.LOCKED_ALREADY': {
    message: (details: { app: string }) => `${details.app} is locked already.`,
    hint: (details: { app: string }) => `See by whom, and why: berth apps info ${details.app}`,
    fault: 'user',
    retryable: false,
  },
  'APP.NOT_LOCKED': {
    message: (details: { app: string }) => `${details.app} is not locked.`,
    hint: () => 'There is nothing to unlock.',
    fault: 'user',
    retryable: false,
  },
  'ATTACH.TOKEN_SUFFICES': {
    message: () => 'A ticket is for a page of the dashboard; a token needs none.',
    hint: () => 'Show the token itself where sessions are taken: `berth console` does.',
    fault: 'user',
    retryable: false,
  },
  'PROCESS.UNKNOWN_TYPE': {
    message: (details: { type: string; known: readonly string[] }) =>
      `There is no process type ${printable(details.type)}.`,
    hint: ({ known }: { known: readonly string[] }) =>
      known.length === 0 ? 'It has none yet.' : `It has ${known.join(', ')}: the Procfile says which.`,
    fault: 'user',
    retryable: false,
  },
  'PROCESS.NO_INSTANCE': {
    message: (details: { what: string }) => `There is no instance of ${details.what}.`,
    hint: () => '`berth ps` lists those that there are; `berth ps scale` makes more.',
    fault: 'user',
    retryable: false,
  },
  'LIMITS.OUT_OF_BOUNDS': {
    message: (details: { range: string; given: string }) =>
      `An instance may have ${details.range} on this machine; ${details.given} is not among that.`,
    hint: () => 'Nothing was changed. Give another number.',
    fault: 'user',
    retryable: false,
  },
  'DEPLOY.BY_SSH': {
    message: (details: { host: string; https: string }) =>
      `Repositories are fetched by https alone: the platform has no key to show ${printable(details.host)}.`,
    hint: ({ host, https }: { host: string; https: string }) =>
      `Say ${printable(https)}; where it is private, keep an account for it first: berth registry login ${printable(host)}. Or let ${printable(host)} push here with a deploy key: berth deploy-keys add --help`,
    fault: 'user',
    retryable: false,
  },
  'DEPLOY.BAD_ADDRESS': {
    message: (details: { reason: string }) => `This repository cannot be fetched: ${details.reason}.`,
    hint: () =>
      'Write https://host/path. For a private one, keep an account for its host: berth registry login HOST',
    fault: 'user',
    retryable: false,
  },
  'CONFIGURATION.NOT_SET': {
    message: (details: { name: string }) => `${printable(details.name)} is not set.`,
    hint: () => '`berth config` lists what is.',
    fault: 'user',
    retryable: false,
  },
  'CONFIGURATION.CHANGED_MEANWHILE': {
    message: (details: { app: string }) =>
      `Somebody has changed the configuration of ${details.app} since you looked at it.`,
    hint: () => 'Nothing was changed. Look at what is there now, and save again.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.NOT_FOUND': {
    message: (details: { version: number }) => `There is no release v${details.version}.`,
    hint: () => '`berth releases` lists those that there are.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.NO_EARLIER': {
    message: () => 'No other release was live before this one.',
    hint: () => 'Say which to go back to: `berth releases` lists them.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.LIVE_ALREADY': {
    message: (details: { version: number }) => `v${details.version} is live: there is nothing to go back to.`,
    hint: () => 'To start its instances anew: berth ps restart',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.IMAGE_GONE': {
    message: (details: { version: number }) => `The image of v${details.version} is no longer here.`,
    hint: () => 'The ten newest images are kept; `berth releases` says what is gone. Push the commit again.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.TOO_MANY_AT_ONCE': {
    message: () => 'Others keep making releases of this app at this moment.',
    hint: () => 'Nothing was changed. Try again.',
    fault: 'user',
    retryable: true,
  },
  'DEPLOYMENT.NOT_FOUND': {
    message: () => 'There is no such deployment.',
    hint: () => 'Check the address. `berth releases` lists what was deployed.',
    fault: 'user',
    retryable: false,
  },
  'DEPLOYMENT.OVER': {
    message: () => 'This deployment is over already.',
    hint: () => 'There is nothing left to cancel.',
    fault: 'user',
    retryable: false,
  },
  'TEAM.STRONGER_FIRST': {
    message: () => 'You would lock yourself out: you have not shown what the team would ask for.',
    hint: () => 'Set up the second factor, or sign in with the provider, and ask again.',
    fault: 'user',
    retryable: false,
  },
  'MEMBER.ROLE_TOO_HIGH': {
    message: () => 'Only an owner may make owners, change them or remove them.',
    hint: () => 'Ask an owner of the team. `berth members` lists them.',
    fault: 'user',
    retryable: false,
  },
  'ACCOUNT.EMAIL_DIFFERS': {
    message: (details: { email: string }) => `The address given is not ${details.email}.`,
    hint: () => 'To delete your account, type its address exactly.',
    fault: 'user',
    retryable: false,
  },
  'SESSION.NOT_FOUND': {
    message: () => 'You have no such session.',
    hint: () => 'It may have ended already. `berth sessions` lists yours.',
    fault: 'user',
    retryable: false,
  },
  'SIGN_ON.NOT_FOUND': {
    message: (details: { name: string }) => `There is no sign-on provider ${printable(details.name)}.`,
    hint: () => 'Whoever runs the platform sets one up: berth account sign-on list',
    fault: 'user',
    retryable: false,
  },
  'TEAM.SECOND_FACTOR': {
    message: () => 'This team asks its members for a second factor, which you have not shown.',
    hint: () => 'Set up an authenticator or a passkey under Account in the dashboard, and sign in with it.',
    fault: 'user',
    retryable: false,
  },
  'TEAM.SIGN_ON': {
    message: () => 'This team asks its members to sign in with its own provider.',
    hint: () => 'Sign out, and choose the provider on the sign-in page.',
    fault: 'user',
    retryable: false,
  },
  'TOKEN.SCOPE': {
    message: () => 'You may do this, but the token that you use may not.',
    hint: () => 'Use a token of a wider scope: berth tokens create NAME --scope deploy',
    fault: 'user',
    retryable: false,
  },
  'CRON.NOT_FOUND': {
    message: (details: { name: string }) => `There is no job ${printable(details.name)}.`,
    hint: () => '`berth cron` lists the jobs of the app.',
    fault: 'user',
    retryable: false,
  },
  'CRON.OF_RELEASE': {
    message: (details: { name: string }) => `The job ${printable(details.name)} comes from app.json.`,
    hint: () => 'Take it out there and push. Until then, let it rest: berth cron pause NAME',
    fault: 'user',
    retryable: false,
  },
  'CRON.TOO_MANY': {
    message: (details: { limit: number }) => `The app has ${details.limit} jobs already.`,
    hint: () => 'Remove one that is not needed: berth cron remove NAME',
    fault: 'user',
    retryable: false,
  },
  'CRON.NOT_RUNNABLE': {
    message: (details: { app: string }) => `Nothing of ${details.app} runs, so no job does.`,
    hint: () => 'Start it (berth ps start), or deploy it: git push berth main',
    fault: 'user',
    retryable: false,
  },
  'CRASH.NOT_FOUND': {
    message: (details: { id: string }) => `The app has no crash ${printable(details.id)} on record.`,
    hint: () => '`berth crashes` lists them; of each app the newest 200 are kept.',
    fault: 'user',
    retryable: false,
  },
  'HTTP_AUTH.NOT_FOUND': {
    message: (details: { name: string }) => `There is no such user: ${printable(details.name)}.`,
    hint: () => '`berth http-auth` lists who may pass.',
    fault: 'user',
    retryable: false,
  },
  'KEY.NOT_FOUND': {
    message: () => 'You have no such key.',
    hint: () => 'It may have been removed already.',
    fault: 'user',
    retryable: false,
  },
  'TOKEN.NOT_FOUND': {
    message: () => 'You have no such token.',
    hint: () => 'It may have been revoked already.',
    fault: 'user',
    retryable: false,
  },
})
