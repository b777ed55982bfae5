import {keepNearbyPosts, type SiteView} from '@broadside/site'

const keptViews = 4

/** Views are snapshots, so the parts of a release share one, and with it the page frame that is made from it once. */
export function createViewCache() {
  const views = new Map<string, Promise<SiteView>>()
  return {
    open(key: string, make: () => Promise<SiteView>): Promise<SiteView> {
      const known = views.get(key)
      if (known !== undefined) return known
      const view = make().then(keepNearbyPosts)
      view.catch(() => views.delete(key))
      if (views.size >= keptViews) views.delete(views.keys().next().value!)
      views.set(key, view)
      return view
    },
  }
}
