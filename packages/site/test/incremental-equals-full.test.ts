import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {Theme} from '@broadside/theme'
import {affectedOutputs, allOutputs, buildOutput, type BuiltOutput, type SiteView, themeOf} from '../src/index.ts'
import {push, someChange} from './site-changes.ts'
import {siteState, type SiteState, viewOf} from './site-model.ts'

/** Shows the whole model, so that no difference hides in what a template leaves out. */
function modelTheme(view: SiteView): Theme {
  return {
    render: (template, model) => JSON.stringify({template, model}),
    stylesheet: themeOf(view).stylesheet,
  }
}

function textOf(output: BuiltOutput): string {
  const {headers, key} = output
  return JSON.stringify({key, headers, body: 'blob' in output ? output.blob : new TextDecoder().decode(output.body)})
}

async function publishFresh(view: SiteView, theme: Theme): Promise<Map<string, string>> {
  const site = new Map<string, string>()
  for await (const spec of allOutputs(view, theme)) {
    const output = await buildOutput(spec, view, theme)
    expect(output, `${spec.address} is listed and must be there`).toBeDefined()
    expect(site.has(spec.address), `${spec.address} is listed twice`).toBe(false)
    if (output !== undefined) site.set(spec.address, textOf(output))
  }
  return site
}

function copyOf(state: SiteState): SiteState {
  return {...state, posts: new Map(state.posts), pages: new Map(state.pages), files: new Map(state.files)}
}

const pushes = fc.array(fc.array(someChange, {minLength: 1, maxLength: 4}), {minLength: 1, maxLength: 8})
const runs = Number(process.env['BROADSIDE_SITE_RUNS'] ?? 60)

test('after any history of pushes the affected outputs bring the site to the bytes of a fresh publish', async () => {
  await fc.assert(
    fc.asyncProperty(pushes, async (history) => {
      const state = siteState()
      let before: SiteView | undefined
      const live = new Map<string, string>()
      for (const doings of history) {
        const changes = await push(state, doings)
        const after = viewOf(copyOf(state))
        const theme = modelTheme(after)
        for (const spec of await affectedOutputs({before, after, changes})) {
          const output = await buildOutput(spec, after, theme)
          if (output === undefined) live.delete(spec.address)
          else live.set(spec.address, textOf(output))
        }
        const fresh = await publishFresh(after, theme)
        expect(new Map([...live].toSorted())).toEqual(new Map([...fresh].toSorted()))
        before = after
      }
    }),
    {numRuns: runs, seed: 11},
  )
}, 300_000)

test('after any history every link, image, feed and stylesheet that a page names is there', async () => {
  await fc.assert(
    fc.asyncProperty(pushes, async (history) => {
      const state = siteState()
      for (const doings of history) await push(state, doings)
      const view = viewOf(state)
      const theme = themeOf(view)
      const site = await publishFresh(view, theme)
      for (const [address, output] of site) {
        const {body} = JSON.parse(output) as {body: string}
        for (const [, url = ''] of body.matchAll(/(?:href|src|content)="(?:https:\/\/x\.example)?\/blog(\/[^"?#]*)/g))
          expect(site.has(decodeURIComponent(url)), `${address} names ${url}`).toBe(true)
      }
    }),
    {numRuns: Math.ceil(runs / 4), seed: 12},
  )
}, 300_000)
