/**
 * Where Berth differs from Docker on purpose, with the reason. A difference counts as meant only if one of these names
 * its case and its words; the run shows how many there were.
 */
export type MeantDifference = { cases: RegExp; difference: RegExp; reason: string }

export const meantDifferences: readonly MeantDifference[] = [
  {
    cases: /^(from|lint|wild)\//,
    difference: /: sameAs: Docker (null|"[^"]*"), Berth "/,
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
    cases: /^(copy\/directory-over-link-below|wild\/copy-over-link-to-directory)$/,
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
    difference: /^only Berth warns: (InvalidOnbuildTrigger|UnknownOwner)/,
    reason: 'a rule of our own, which fails no build that asks for error=true',
  },
  {
    cases: /^lint\/secrets$/,
    difference: /^only Docker warns: SecretsUsedInArgOrEnv.*"(PASSWORD_FILE|KEY_VERSION)"/,
    reason: 'newer BuildKits let names with FILE and VERSION pass: those hold no secret',
  },
  {
    cases: /^(onbuild\/failing-trigger|refused\/trigger-broken)$/,
    difference: /^the line: .*ONBUILD of/,
    reason: 'a trigger that fails is shown itself; Docker shows the FROM that brought it',
  },
  {
    cases: /^wild\/heredoc-shebang$/,
    difference: /^\/name: content: Docker ".dev.pipes/,
    reason: 'a script of `#!` lies where a step has files of its own; BuildKit makes a directory in /dev',
  },
  {
    cases: /^wild\/heredoc-indented$/,
    difference: /^history \d: createdBy: .*<<-EOF/,
    reason:
      'the tabs that <<- takes away are gone when the shell is given the heredoc, and not only when it reads it',
  },
  {
    cases: /^wild\/chown-three-parts$/,
    difference: /^\/x: owner: Docker "1:1", Berth "1:2"/,
    reason:
      'of an owner with two colons the first two parts count; Docker looks for a group "2:3" and finds none',
  },
  {
    cases: /^wild\/mount-in-onbuild$/,
    difference: /^only Docker warns: UndefinedVar/,
    reason: 'what a trigger does is not told at the FROM that brings it',
  },
  {
    cases: /^wild\/step-(hostname|hosts)$/,
    difference: /^\/(kernel|name|variable|count|line): (size|content): Docker/,
    reason: 'the machine that a step sees is called build, and has IPv4 alone',
  },
  {
    cases: /^wild\/step-change-times$/,
    difference: /^\/etc: modified: /,
    reason: 'a directory in which nothing changed but its time makes no layer (build/drop-copied-up.ts)',
  },
  {
    cases: /^wild\/run-resolv$/,
    difference: /^\/listed: (size|content)/,
    reason: 'a step has an /etc/hostname, as containers do',
  },
  {
    cases: /^refused\/only-(blanks|comments)$/,
    difference: /^the line: Docker \d, Berth 1/,
    reason: 'where the file has no instruction, no line is meant; Docker names the last',
  },
  {
    cases: /^wild\/mount-tmpfs-source$/,
    difference: /^(Docker fails: .*open \/y|Berth builds it)/,
    reason: 'a tmpfs has no source: Docker looks for it in the step’s root all the same',
  },
  {
    cases: /^wild\/chown-(huge|beyond)/,
    difference: /^(Docker builds it|Berth fails: BUILD.USER_UNKNOWN)/,
    reason: 'a container has the ids 0 to 65535: a file of any other could never be its user’s',
  },
  {
    cases: /^syntax\/directive-twice$/,
    difference: /^the line: Docker 1, Berth 2/,
    reason: 'Docker counts the lines of directives from 0',
  },
]

export function reasonFor(name: string, difference: string): string | undefined {
  return meantDifferences.find((meant) => meant.cases.test(name) && meant.difference.test(difference))?.reason
}
