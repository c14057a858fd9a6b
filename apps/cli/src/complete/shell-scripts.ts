/** What each shell is told, once, so that it asks `berth complete` whenever somebody presses Tab. */
export const shellScripts = {
  bash: `_berth() {
  local IFS=$'\\n'
  COMPREPLY=($(berth complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _berth berth`,
  zsh: `#compdef berth
_berth() {
  local -a found
  found=("\${(@f)$(berth complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- $found
}
compdef _berth berth`,
  fish: "complete -c berth -a '(berth complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'",
} as const

export type Shell = keyof typeof shellScripts
export const shells = Object.keys(shellScripts) as Shell[]
