import type {Diagnostic, SiteSettings} from '@broadside/content'
import {themeProblem} from '@broadside/revision'
import {createTheme, type Theme} from '@broadside/theme'

export type MadeTheme = {theme: Theme; files: Map<string, string>; diagnostics: Diagnostic[]}

export type StudioTheme = {
  has: (path: string) => boolean
  paths: () => string[]
  /** A file below `theme/`; undefined where it went. */
  set: (path: string, text: string | undefined) => void
  /** Made anew when its files or the settings have changed, and as it was before while they are broken. */
  of: (settings: SiteSettings) => MadeTheme
}

/** The theme of a working tree. */
export function createStudioTheme(): StudioTheme {
  const files = new Map<string, string>()
  const nameOf = (path: string) => path.slice('theme/'.length)
  let made: MadeTheme | undefined
  let madeOf: SiteSettings | undefined

  function make(settings: SiteSettings): MadeTheme {
    const own = new Map(files)
    const {language, theme} = settings
    const problem = themeProblem(settings, own)
    if (problem === undefined)
      return {theme: createTheme({language, variables: theme.variables, overrides: own}), files: own, diagnostics: []}
    const last = made ?? {theme: createTheme({language}), files: new Map<string, string>()}
    return {...last, diagnostics: [problem]}
  }

  return {
    has: (path) => files.has(nameOf(path)),
    paths: () => [...files.keys()].map((name) => `theme/${name}`),
    set(path, text) {
      if (text === undefined) files.delete(nameOf(path))
      else files.set(nameOf(path), text)
      madeOf = undefined
    },
    of(settings) {
      if (made === undefined || madeOf !== settings) made = make(settings)
      madeOf = settings
      return made
    },
  }
}
