import {holdsAt, type Db} from '@broadside/ledger'
import type {LivePage, LivePost, SiteChanges, SiteView} from '@broadside/site'
import {lineDiff} from './line-diff.ts'
import type {PlannedText} from './plan.ts'

/** The two states of a site that a plan compares; before the first publish there is one. */
export type Views = {db: Db; before: SiteView | undefined; after: SiteView; numbers: {before: number; after: number}}

type Text = {path: string; address: string; title: string; source: string}

/** Posts and pages that readers would see come, change, move or go, each with what changes in its file. */
export async function plannedTexts(views: Views, changes: SiteChanges): Promise<PlannedText[]> {
  const {before, after, numbers} = views
  const texts: PlannedText[] = []
  const add = (kind: PlannedText['kind'], was: Text | undefined, is: Text | undefined) => {
    const one = is ?? was
    if (one === undefined) return
    const {path, address, title} = one
    const change =
      was === undefined ? 'added' : is === undefined ? 'removed' : was.address === is.address ? 'changed' : 'moved'
    const diff = was === undefined || is === undefined ? [] : lineDiff(was.source, is.source)
    if (change === 'changed' && diff.length === 0 && was?.path === is?.path) return
    texts.push({kind, change, path, title, address, diff, ...(change === 'moved' && was ? {was: was.address} : {})})
  }
  for (const id of changes.posts) add('post', await postIn(before, id), await postIn(after, id))
  for (const path of changes.pages) {
    const was = await pageIn(views, numbers.before, await before?.pageFrom(path))
    add('page', was, await pageIn(views, numbers.after, await after.pageFrom(path)))
  }
  return texts.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function postIn(view: SiteView | undefined, id: string): Promise<Text | undefined> {
  const post: LivePost | undefined = await view?.post(id)
  if (view === undefined || post === undefined) return undefined
  return {path: post.path, address: post.address, title: post.meta.title, source: (await view.source(id)) ?? ''}
}

async function pageIn({db, after}: Views, revision: number, page: LivePage | undefined): Promise<Text | undefined> {
  if (page === undefined) return undefined
  const text = await db
    .selectFrom('page_versions as g')
    .innerJoin('texts', 'texts.hash', 'g.source_hash')
    .select('texts.body')
    .where('g.site', '=', after.site.name)
    .where('g.path', '=', page.path)
    .where(holdsAt('g', revision))
    .executeTakeFirst()
  return {path: page.path, address: page.address, title: page.meta.title, source: text?.body ?? ''}
}
