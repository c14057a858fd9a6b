/** The chosen look, kept in a cookie so that the server writes it into the page: no flash and no script needed. */
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]
export const themeCookie = 'berth-theme'

export function parseTheme(given: string | undefined): Theme {
  return themes.find((theme) => theme === given) ?? 'system'
}
