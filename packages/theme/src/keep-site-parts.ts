import {toValueSync, type Context, type Emitter, type Liquid, type TagToken, type Template, TokenKind} from 'liquidjs'

/** Tags that count how often they were printed, that stand for something else, or that end what they stand in. */
const bound = new Set(['cycle', 'increment', 'decrement', 'block', 'layout', 'break', 'continue'])
/** Something else than the model under the name of `site`. */
const shadowsSite = /\b(?:assign|capture|increment|decrement|for|tablerow)\s+site\b|\bsite\s*:/

/** What every page of a site has in common, and so what may be printed once for all of them. */
const shared = new Set(['site', 'direction'])

type Folder = Template & {templates?: Template[]}

/**
 * Of these parsed templates, which it changes in place, what depends on the site alone is printed once for each site
 * model and kept with it: the head's feeds, the footer, the sign-up form. A first publish prints thousands of
 * pages. `sources` are all templates of the theme, as written; one that gives `site` another meaning has
 * everything printed each time.
 */
export function keepSiteParts(engine: Liquid, parsed: Template[][], sources: Iterable<string>): void {
  if ([...sources].some((source) => shadowsSite.test(source))) return
  for (const templates of parsed) keepIn(engine, templates)
}

function keepIn(engine: Liquid, templates: Template[]): void {
  const folded: Template[] = []
  let alike: Template[] = []
  const flush = () => {
    const [first] = alike
    // Plain text is printed as quickly as it would be kept.
    if (first !== undefined && alike.some(({token}) => token.kind !== TokenKind.HTML))
      folded.push(onceForSite(engine, alike))
    else folded.push(...alike)
    alike = []
  }
  for (const template of templates) {
    if (isShared(engine, template)) alike.push(template)
    else {
      flush()
      const inner = (template as Folder).templates
      if (Array.isArray(inner)) keepIn(engine, inner)
      folded.push(template)
    }
  }
  flush()
  templates.splice(0, templates.length, ...folded)
}

function isShared(engine: Liquid, template: Template): boolean {
  try {
    const {globals, locals} = engine.analyzeSync([template])
    const names = Object.keys(globals)
    return names.every((name) => shared.has(name)) && Object.keys(locals).length === 0 && !isBound(template)
  } catch {
    // It names a part by a variable, which is known only when a page is printed.
    return false
  }
}

function isBound(template: Template): boolean {
  if (bound.has((template.token as TagToken).name)) return true
  const inner: Template[] = toValueSync(template.children?.(true, true) ?? [])
  return inner.some(isBound)
}

function onceForSite(engine: Liquid, templates: Template[]): Template {
  const known = new WeakMap<object, string>()
  return {
    token: templates[0]!.token,
    *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
      const {site} = context.environments as {site?: object}
      const html = (site && known.get(site)) ?? (yield engine.renderer.renderTemplates(templates, context))
      if (site !== undefined) known.set(site, html)
      emitter.write(html)
    },
  }
}
