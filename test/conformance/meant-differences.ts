/**
 * Where Berth differs from Docker on purpose, with the reason. A difference counts as meant only if one of these names
 * its case and its words; the run shows how many there were.
 */
export type MeantDifference = { cases: RegExp; difference: RegExp; reason: string }

export const meantDifferences: readonly MeantDifference[] = [
  {
    cases: /^(from|lint)\//,
    difference: /: sameAs: Docker null, Berth /,
    reason:
      'files copied unchanged from another stage share their bytes on the disk; who writes one has it alone',
  },
  {
    cases: /^run\/device-nodes$/,
    difference: /^(Docker builds it|Berth fails: BUILD.STEP_FAILED: .*)/,
    reason: 'root in a step is nobody outside, and the kernel lets nobody make devices',
  },
  {
    cases: /^mount\/ssh-missing$/,
    difference: /^\/seen: (size|content): /,
    reason: 'without an agent SSH_AUTH_SOCK stays unset; BuildKit names a socket that is not there',
  },
  {
    cases: /^run\/no-trace-of-mounts-in-small-image$/,
    difference: /^\/(dev|proc|sys): only Docker has it \(directory 0755 0:0\)$/,
    reason: 'a mount point that a step did not use leaves no directory behind',
  },
  {
    cases: /^copy\/directory-over-link-below$/,
    difference: /^(Docker fails: .*cannot copy to non-directory|Berth builds it)/,
    reason:
      'a directory goes where the image’s link of its name leads (/bin of a merged /usr); BuildKit refuses it',
  },
  {
    cases: /^syntax\/nul-byte$/,
    difference: /^(Docker builds it|Berth fails: BUILD.SYNTAX: .* the line holds a NUL character)/,
    reason: 'no environment can hold a NUL: such an image starts nowhere',
  },
  {
    cases: /./,
    difference: /^history \d+: createdBy: Docker "HEALTHCHECK &\{.*Berth "HEALTHCHECK \{Test:/,
    reason: 'as BuildKit writes it since 0.30: this Docker’s shows the number of retries as a character',
  },
  {
    cases: /^lint\/copy-ignored-/,
    difference: /^only (Docker|Berth) warns: CopyIgnoredFile/,
    reason:
      'BuildKit matches a source’s words with the patterns; Berth looks which files are left out, so exceptions and wildcards count',
  },
  {
    cases: /./,
    difference: /^only Berth warns: InvalidOnbuildTrigger/,
    reason: 'a rule of our own, which fails no build that asks for error=true',
  },
  {
    cases: /^lint\/secrets$/,
    difference: /^only Docker warns: SecretsUsedInArgOrEnv.*"(PASSWORD_FILE|KEY_VERSION)"/,
    reason: 'newer BuildKits let names with FILE and VERSION pass: those hold no secret',
  },
]

export function reasonFor(name: string, difference: string): string | undefined {
  return meantDifferences.find((meant) => meant.cases.test(name) && meant.difference.test(difference))?.reason
}
