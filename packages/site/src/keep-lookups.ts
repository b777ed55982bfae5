import type {SiteView} from './site-view.ts'

/** Answers kept of each kind of question: a page, its Markdown twin and the feeds ask the same ones soon after another. */
const most = 1_000

/**
 * The same view, which answers again what it was asked lately of single paths and addresses. Each reference of a text asks
 * up to a dozen such questions, one for each thing that it may mean. A view is a snapshot, so an answer stays true; but
 * files are asked for each time, since an image may turn out broken when its sizes are made.
 */
export function keepLookups(view: SiteView): SiteView {
  return {
    ...view,
    postFrom: remember((path: string) => view.postFrom(path)),
    postAt: remember((address: string) => view.postAt(address)),
    pageFrom: remember((path: string) => view.pageFrom(path)),
    pageAt: remember((address: string) => view.pageAt(address)),
    aliasAt: remember((address: string) => view.aliasAt(address)),
    redirectFrom: remember((address: string) => view.redirectFrom(address)),
  }
}

/** What was asked longest ago is forgotten first; a question that failed is asked again. */
function remember<Answer>(ask: (name: string) => Promise<Answer>): (name: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>()
  return (name) => {
    const answer = answers.get(name) ?? ask(name)
    answers.delete(name)
    answers.set(name, answer)
    answer.catch(() => answers.delete(name))
    if (answers.size > most) answers.delete(answers.keys().next().value!)
    return answer
  }
}
