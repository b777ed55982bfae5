import {BroadsideError} from '@broadside/runtime'
import {LookupType} from 'liquidjs'
import {buildStylesheet} from './build-stylesheet.ts'
import {createEngine, type EngineLimits} from './create-engine.ts'
import {createWords, type Words} from './create-words.ts'
import {keepSiteParts} from './keep-site-parts.ts'
import {defaultStylesheet, defaultTemplates} from './default-files.ts'
import type {Models, TemplateName} from './models.ts'
import {sampleModels} from './sample-models.ts'
import {templateError} from './template-error.ts'
import {wordOverrides} from './word-overrides.ts'

export type ThemeOptions = {
  /** BCP 47; its words are used where the theme has them, else English. */
  language: string
  /**
   * CSS variables by name without the dashes in front: `{accent: '#a8321a', 'accent-dark': '#ff9a76'}`. Without its
   * `-dark` twin a variable holds in both colour schemes.
   */
  variables?: Record<string, string> | undefined
  /** The author's files below `theme/`, by name below it: `post.liquid`, `style.css`, `languages/fr.json`. */
  overrides?: ReadonlyMap<string, string> | undefined
  /** Default: 5 s and 100 million characters a page. */
  limits?: Partial<EngineLimits> | undefined
}

export type Theme = {
  /** One page as HTML; equal models give equal bytes. Throws `theme.template` (invalid) with file, line and column. */
  render<Name extends TemplateName>(template: Name, model: Models[Name]): string
  /** Makes a feed that is opened in a browser readable; `name` is `feed.<hash8>.css`. */
  feedStylesheet: {name: string; body: string}
  /** `name` is `style.<hash8>.css`, the hash that of `body`. */
  stylesheet: {name: string; body: string}
  /** The words of the templates, the author's own among them: for titles and feeds that stand beside the pages. */
  words: Words
}

/**
 * The default theme with an author's files over it. With overrides each template is tried on a sample here, so that
 * most mistakes are found before a page is built. Throws `theme.template`, `theme.variable`, `theme.language`
 * (all invalid).
 */
export function createTheme(options: ThemeOptions): Theme {
  const {language, variables, overrides = new Map<string, string>()} = options
  const direction = directionOf(language)
  const isTemplate = (name: string) => name.endsWith('.liquid')
  const own = new Map([...overrides].filter(([name]) => isTemplate(name)))
  const templates = new Map([...defaultTemplates, ...own])
  const words = createWords(language, wordOverrides(overrides))
  const limits = {renderMs: 5000, memory: 100_000_000, ...options.limits}
  const engine = createEngine(templates, words, limits)

  const attempt = <T>(template: string, work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw templateError(error, template, {all: templates, own})
    }
  }
  const parsed = new Map(
    [...templates.keys()].map((name) => [
      name,
      attempt(name, () => engine.parseFileSync(name.slice(0, -'.liquid'.length))),
    ]),
  )

  // A layout, or a part, is kept apart from a template of the same name.
  const layout = engine.parseFileSync('layout', LookupType.Layouts)
  keepSiteParts(engine, [...parsed.values(), layout], templates.values())

  const render: Theme['render'] = (template, model) =>
    attempt(template, () =>
      withoutStacks(() =>
        engine.renderSync(parsed.get(`${template}.liquid`) ?? [], {...model}, {globals: {direction}}),
      ),
    )

  const feedStyle = attempt('feed-style', () => engine.renderSync(parsed.get('feed-style.liquid') ?? []))
  if (own.size > 0) for (const name of Object.keys(sampleModels) as TemplateName[]) render(name, sampleModels[name])

  return {
    render,
    stylesheet: buildStylesheet('style', overrides.get('style.css') ?? defaultStylesheet, variables),
    feedStylesheet: buildStylesheet('feed', feedStyle, variables),
    words,
  }
}

/**
 * LiquidJS makes an error for each absent value that a condition asks for, a dozen a page, and looks at none of their
 * stacks, which cost more than the printing of what follows.
 */
function withoutStacks<T>(work: () => T): T {
  const {stackTraceLimit} = Error
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** Which way a language is written. Throws `theme.language` (invalid) for what is no BCP 47 tag. */
function directionOf(language: string): 'ltr' | 'rtl' {
  try {
    const script = new Intl.Locale(language).maximize().script ?? 'Latn'
    return ['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg'].includes(script) ? 'rtl' : 'ltr'
  } catch (cause) {
    throw new BroadsideError('invalid', 'theme.language', `"${language}" is no language tag`, {
      hint: 'Use a BCP 47 tag such as en, de or pt-BR.',
      cause,
      details: {language},
    })
  }
}
