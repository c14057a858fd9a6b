const mostLetters = 200

/** What Berth says of an instance; `PORT` is web's, and may be set for the others. */
const reserved = /^(?:BERTH_.*|DYNO)$/

/** Why a variable may not have this name; null: it may. Asked by pages too, so nothing is imported here. */
export function problemOfName(name: string): 'invalid' | 'reserved' | null {
  if (name.length > mostLetters || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'invalid'
  // An object would take `__proto__` for something else than a key.
  return reserved.test(name) || name === '__proto__' ? 'reserved' : null
}
