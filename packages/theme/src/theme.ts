import type {Models, TemplateName} from './models.ts'

export type ThemeOptions = {
  /** BCP 47; its words are used where the theme has them, else English. */
  language: string
  /** CSS variables by name without the dashes in front: `{accent: '#0a5', 'accent-dark': '#5fc'}`. */
  variables?: Record<string, string> | undefined
  /** The author's files below `theme/`, by name below it: `post.liquid`, `style.css`, `languages/fr.json`. */
  overrides?: ReadonlyMap<string, string> | undefined
}

export type Theme = {
  /** One page as HTML; equal models give equal bytes. Throws `theme.template` (invalid) with file, line and column. */
  render<Name extends TemplateName>(template: Name, model: Models[Name]): string
  /** `name` is `style.<hash8>.css`, the hash that of `body`. */
  stylesheet: {name: string; body: string}
}

/** Parses every template at once; throws `theme.template`, `theme.variable` or `theme.language` (all invalid). */
export type CreateTheme = (options: ThemeOptions) => Theme
