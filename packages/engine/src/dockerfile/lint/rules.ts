/**
 * The rules, under the names that BuildKit's linter gives them, so that `# check=skip=…` written for it means the same here.
 * `experimental`: silent unless `# check=experimental=…` asks for it. `isOurs`: BuildKit has no such rule, so it fails no
 * build that asks for `# check=error=true`.
 * Reference: BuildKit's frontend/dockerfile/linter, as of Dockerfile 1.20.
 */
export const rules = {
  StageNameCasing: { experimental: false },
  FromAsCasing: { experimental: false },
  NoEmptyContinuation: { experimental: false },
  ConsistentInstructionCasing: { experimental: false },
  DuplicateStageName: { experimental: false },
  ReservedStageName: { experimental: false },
  JSONArgsRecommended: { experimental: false },
  MaintainerDeprecated: { experimental: false },
  UndefinedArgInFrom: { experimental: false },
  WorkdirRelativePath: { experimental: false },
  UndefinedVar: { experimental: false },
  MultipleInstructionsDisallowed: { experimental: false },
  LegacyKeyValueFormat: { experimental: false },
  InvalidBaseImagePlatform: { experimental: false },
  RedundantTargetPlatform: { experimental: false },
  SecretsUsedInArgOrEnv: { experimental: false },
  InvalidDefaultArgInFrom: { experimental: false },
  FromPlatformFlagConstDisallowed: { experimental: false },
  CopyIgnoredFile: { experimental: true },
  InvalidDefinitionDescription: { experimental: true },
  ExposeProtoCasing: { experimental: false },
  ExposeInvalidFormat: { experimental: false },
  /** BuildKit tells it only to who builds on the image. */
  InvalidOnbuildTrigger: { experimental: false, isOurs: true },
} as const satisfies Record<string, { experimental: boolean; isOurs?: true }>

export type RuleName = keyof typeof rules

/** What a rule found; `line` counts from 1. */
export type Finding = { rule: RuleName; line: number; text: string }
