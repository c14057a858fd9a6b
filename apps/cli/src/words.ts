import type { WordGroup } from './word-group.ts'

/**
 * The `berth` command's words, in the order of its help: those that ask a platform somewhere, as the person who is signed
 * in, and those for root at the machine itself (`up`, `down`, `account`, `image`, `engine`).
 */
export const words: readonly WordGroup[] = [
  {
    words: ['login', 'logout', 'whoami', 'keys'],
    load: async () => (await import('./commands/sign-in-commands.ts')).addSignInCommands,
  },
  {
    words: ['apps', 'create'],
    load: async () => (await import('./commands/app-commands.ts')).addAppCommands,
  },
  {
    words: ['config'],
    load: async () => (await import('./commands/config-commands.ts')).addConfigCommands,
  },
  {
    words: ['releases', 'rollback'],
    load: async () => (await import('./commands/release-commands.ts')).addReleaseCommands,
  },
  {
    words: ['deploy'],
    load: async () => (await import('./commands/deploy-commands.ts')).addDeployCommands,
  },
  {
    words: ['deployments'],
    load: async () => (await import('./commands/deployment-commands.ts')).addDeploymentCommands,
  },
  { words: ['ps'], load: async () => (await import('./commands/process-commands.ts')).addProcessCommands },
  {
    words: ['limits'],
    load: async () => (await import('./commands/limit-commands.ts')).addLimitCommands,
  },
  {
    words: ['run', 'exec', 'console'],
    load: async () => (await import('./commands/one-off-commands.ts')).addOneOffCommands,
  },
  { words: ['cron'], load: async () => (await import('./commands/cron-commands.ts')).addCronCommands },
  { words: ['logs'], load: async () => (await import('./commands/log-commands.ts')).addLogCommands },
  {
    words: ['metrics', 'top', 'machine'],
    load: async () => (await import('./commands/metrics-commands.ts')).addMetricsCommands,
  },
  { words: ['crashes'], load: async () => (await import('./commands/crash-commands.ts')).addCrashCommands },
  { words: ['drains'], load: async () => (await import('./commands/drain-commands.ts')).addDrainCommands },
  {
    words: ['domains'],
    load: async () => (await import('./commands/domain-commands.ts')).addDomainCommands,
  },
  { words: ['ports'], load: async () => (await import('./commands/port-commands.ts')).addPortCommands },
  {
    words: ['certs'],
    load: async () => (await import('./commands/certificate-commands.ts')).addCertificateCommands,
  },
  {
    words: ['routing', 'maintenance', 'http-auth'],
    load: async () => (await import('./commands/routing-commands.ts')).addRoutingCommands,
  },
  {
    words: ['registry'],
    load: async () => (await import('./commands/registry-commands.ts')).addRegistryCommands,
  },
  {
    words: ['notifications'],
    load: async () => (await import('./commands/notification-commands.ts')).addNotificationCommands,
  },
  {
    words: ['members'],
    load: async () => (await import('./commands/member-commands.ts')).addMemberCommands,
  },
  { words: ['teams'], load: async () => (await import('./commands/team-commands.ts')).addTeamCommands },
  {
    words: ['tokens', 'sessions'],
    load: async () => (await import('./commands/token-commands.ts')).addTokenCommands,
  },
  {
    words: ['deploy-keys'],
    load: async () => (await import('./commands/deploy-key-commands.ts')).addDeployKeyCommands,
  },
  { words: ['audit'], load: async () => (await import('./commands/audit-commands.ts')).addAuditCommands },
  {
    words: ['up', 'down'],
    load: async () => (await import('./commands/machine-commands.ts')).addMachineCommands,
  },
  {
    words: ['account'],
    load: async () => (await import('./commands/account-commands.ts')).addAccountCommands,
  },
  {
    words: ['secrets'],
    load: async () => (await import('./commands/secrets-commands.ts')).addSecretsCommands,
  },
  { words: ['image'], load: async () => (await import('./commands/image-commands.ts')).addImageCommands },
  {
    words: ['completion', 'complete'],
    load: async () => (await import('./commands/completion-commands.ts')).addCompletionCommands,
  },
  { words: ['engine'], load: async () => (await import('./engine/engine-commands.ts')).addEngineCommands },
]
