import {RenderTag, type Context, type Emitter, type Hash, type Template} from 'liquidjs'

type Inside = {file?: unknown; hash: Hash; with?: unknown; forBinding?: unknown}

/**
 * The tag `{% render 'part', post: post, level: 2 %}`, which prints what it printed before for the same object and the
 * same other values: a post's entry stands on the pages of its neighbours, and in lists of days, months, tags and
 * authors. A part sees what it is given and nothing else, not even what counts, so the same gives the same, as long as
 * nobody changes a model that was printed. What is kept goes with the object it was printed of.
 */
export class KeptRenderTag extends RenderTag {
  readonly #known = new WeakMap<object, Map<string, string>>();

  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const {file, hash, with: value, forBinding} = this as unknown as Inside
    const isPlain = typeof file === 'string' && value === undefined && forBinding === undefined
    const given = isPlain ? Object.entries((yield hash.render(context)) as object) : []
    const [about, another] = given.filter(([, one]) => typeof one === 'object' && one !== null)
    if (about === undefined || another !== undefined) {
      yield super.render(context, emitter)
      return
    }
    const kept = this.#known.get(about[1] as object) ?? new Map<string, string>()
    this.#known.set(about[1] as object, kept)
    const key = JSON.stringify(given.filter((one) => one !== about).map(([name, one]) => [name, typeof one, one]))
    let html = kept.get(key)
    if (html === undefined) {
      const once = {token: this.token, render: (own: Context, to: Emitter) => super.render(own, to)} as Template
      html = (yield this.liquid.renderer.renderTemplates([once], context)) as string
      kept.set(key, html)
    }
    emitter.write(html)
  }
}
