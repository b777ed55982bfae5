import {
  addressOf,
  affectedOutputs,
  allOutputs,
  buildOutput,
  contentAt,
  themeOf,
  type BuiltOutput,
  type SiteChanges,
  type SiteView,
} from '@broadside/site'
import type {Plan} from './plan.ts'

type Outputs = Pick<Plan, 'redirects' | 'feed' | 'files'>
type FeedEntry = {id: string; title?: string; url?: string}

/** Builds what the changes reach in both states, as a release does, and tells what differs. */
export async function plannedOutputs(
  before: SiteView | undefined,
  after: SiteView,
  changes: SiteChanges,
): Promise<Outputs> {
  const outputs: Outputs = {
    redirects: {added: [], removed: []},
    feed: await feedChanges(before, after),
    files: {added: 0, changed: 0, removed: 0},
  }
  if (before === undefined) {
    for await (const {address} of allOutputs(after)) {
      outputs.files.added += 1
      await compareRedirects(outputs, undefined, after, address)
    }
    return outputs
  }
  for (const spec of await affectedOutputs({before, after, changes})) {
    const [was, is] = [await buildOutput(spec, before, themeOf(before)), await buildOutput(spec, after, themeOf(after))]
    if (was === undefined && is !== undefined) outputs.files.added += 1
    else if (was !== undefined && is === undefined) outputs.files.removed += 1
    else if (was !== undefined && is !== undefined && !isSame(was, is)) outputs.files.changed += 1
    if (spec.kind === 'content') await compareRedirects(outputs, before, after, spec.address)
  }
  return outputs
}

function isSame(a: BuiltOutput, b: BuiltOutput): boolean {
  if (JSON.stringify(a.headers) !== JSON.stringify(b.headers)) return false
  if ('body' in a && 'body' in b) return Buffer.from(a.body).equals(b.body)
  return JSON.stringify(a) === JSON.stringify(b)
}

async function compareRedirects(
  {redirects}: Outputs,
  before: SiteView | undefined,
  after: SiteView,
  address: string,
): Promise<void> {
  const [was, is] = [await redirectAt(before, address), await redirectAt(after, address)]
  if (was === is) return
  if (was !== undefined) redirects.removed.push({from: address, to: was})
  if (is !== undefined) redirects.added.push({from: address, to: is})
}

async function redirectAt(view: SiteView | undefined, address: string): Promise<string | undefined> {
  const content = view === undefined ? undefined : await contentAt(view, address)
  return content?.kind === 'redirect' ? content.to : undefined
}

/** Items are the same while their id is, and updated when anything of them differs: as readers' programs see it. */
async function feedChanges(before: SiteView | undefined, after: SiteView): Promise<Plan['feed']> {
  const [was, is] = [await itemsOf(before), await itemsOf(after)]
  const shown = (items: FeedEntry[]) => items.map(({title = '', url = ''}) => ({title, url}))
  return {
    added: shown([...is.values()].filter(({id}) => !was.has(id))),
    updated: shown(
      [...is.values()].filter((item) => was.has(item.id) && JSON.stringify(was.get(item.id)) !== JSON.stringify(item)),
    ),
    removed: shown([...was.values()].filter(({id}) => !is.has(id))),
  }
}

async function itemsOf(view: SiteView | undefined): Promise<Map<string, FeedEntry>> {
  if (view === undefined) return new Map()
  const address = addressOf({kind: 'feed', shelf: {kind: 'all'}, format: 'json'})
  const feed = await buildOutput({address}, view, themeOf(view))
  if (feed === undefined || !('body' in feed)) return new Map()
  const {items = []} = JSON.parse(Buffer.from(feed.body).toString('utf8')) as {items?: FeedEntry[]}
  return new Map(items.map((item) => [item.id, item]))
}
