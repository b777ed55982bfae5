import type {Theme} from '@broadside/theme'
import {expect} from 'vitest'
import {
  affectedOutputs,
  allOutputs,
  buildOutput,
  type BuiltOutput,
  type SiteChanges,
  type SiteView,
  themeOf,
} from '../src/index.ts'

/** Address to everything there is of the output, as text. */
export type Published = Map<string, string>

/** Shows the whole model, so that no difference hides in what a template leaves out. */
function modelTheme(view: SiteView): Theme {
  return {...themeOf(view), render: (template, model) => JSON.stringify({template, model})}
}

function textOf(output: BuiltOutput): string {
  const {headers, key} = output
  return JSON.stringify({
    key,
    headers,
    body: 'body' in output ? new TextDecoder().decode(output.body) : JSON.stringify(output),
  })
}

/** A fresh publish; each output must be named once and be there. */
export async function publishFresh(view: SiteView, theme: Theme = modelTheme(view)): Promise<Published> {
  const site: Published = new Map()
  for await (const spec of allOutputs(view, theme)) {
    const output = await buildOutput(spec, view, theme)
    expect(output, `${spec.address} is listed and must be there`).toBeDefined()
    expect(site.has(spec.address), `${spec.address} is listed twice`).toBe(false)
    if (output !== undefined) site.set(spec.address, textOf(output))
  }
  return sorted(site)
}

/** What is live after a release of just what the changes affect. */
export async function publishAffected(
  live: Published,
  input: {before: SiteView | undefined; after: SiteView; changes: SiteChanges},
): Promise<Published> {
  const next = new Map(live)
  const theme = modelTheme(input.after)
  for (const spec of await affectedOutputs(input)) {
    const output = await buildOutput(spec, input.after, theme)
    if (output === undefined) next.delete(spec.address)
    else next.set(spec.address, textOf(output))
  }
  return sorted(next)
}

function sorted(site: Published): Published {
  return new Map([...site].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
