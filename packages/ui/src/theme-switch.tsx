'use client'

import { useState } from 'react'
import { MoonIcon, ScreenIcon, SunIcon } from './icons.tsx'
import { parseTheme, type Theme, themeCookie, themes } from './theme.ts'

/** The look takes effect at once and is kept in a cookie, for the server to write into the next page. */
export function chooseTheme(chosen: Theme): void {
  document.documentElement.dataset.theme = chosen
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store interface needs HTTPS.
  document.cookie = `${themeCookie}=${chosen}; path=/; max-age=${yearInSeconds}; samesite=lax`
}

/** As it is now, in a browser. */
export function chosenTheme(): Theme {
  return parseTheme(document.documentElement.dataset.theme)
}

const icons = { system: ScreenIcon, light: SunIcon, dark: MoonIcon }
export const themeWords: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' }
const yearInSeconds = 365 * 24 * 60 * 60

/** Three looks; the choice is kept in a cookie. */
export function ThemeSwitch({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial)
  const choose = (chosen: Theme) => {
    setTheme(chosen)
    chooseTheme(chosen)
  }
  return (
    <fieldset className="flex rounded-md border border-line p-0.5">
      <legend className="sr-only">Look</legend>
      {themes.map((name) => {
        const Icon = icons[name]
        return (
          <label
            key={name}
            title={themeWords[name]}
            className="relative inline-flex size-7 cursor-pointer items-center justify-center rounded-sm text-faint transition-colors hover:text-text has-checked:bg-hover has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="theme"
              value={name}
              checked={theme === name}
              onChange={() => choose(name)}
              className="absolute inset-0 cursor-pointer appearance-none opacity-0"
            />
            <Icon className="size-3.5" />
            <span className="sr-only">{themeWords[name]}</span>
          </label>
        )
      })}
    </fieldset>
  )
}
