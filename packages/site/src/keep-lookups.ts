import {remember} from './remember.ts'
import type {SiteView} from './site-view.ts'

/** Answers kept of each kind of question: a page, its Markdown twin and the feeds ask the same ones soon after another. */
const most = 1_000

/**
 * The same view, which answers again what it was asked lately of single paths and addresses. Each reference of a text asks
 * up to a dozen such questions, one for each thing that it may mean. A view is a snapshot, so an answer stays true; but
 * a file that is there is asked for each time, since its image may turn out broken when its sizes are made.
 */
export function keepLookups(view: SiteView): SiteView {
  return {
    ...view,
    postFrom: remember((path) => view.postFrom(path), most),
    postAt: remember((address) => view.postAt(address), most),
    pageFrom: remember((path) => view.pageFrom(path), most),
    pageAt: remember((address) => view.pageAt(address), most),
    aliasAt: remember((address) => view.aliasAt(address), most),
    redirectFrom: remember((address) => view.redirectFrom(address), most),
    asset: remember(
      (path) => view.asset(path),
      most,
      (file) => file === undefined,
    ),
  }
}
