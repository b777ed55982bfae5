import {nearestWord} from '@broadside/content'
import {refNames} from './link-targets.ts'
import type {SiteView} from './site-view.ts'

/** What a broken reference probably meant, as its author would write it; undefined when nothing is near. */
export type Suggest = (file: string, url: string) => Promise<string | undefined>

/** Posts and pages that are looked through, so that a guess costs the same on every site. */
const atMost = 500

/**
 * Guesses by the last word of the path: `../whn-nats` and `/posts/when-nats.md` both mean a post called `when-nats`,
 * whatever its folder and the date before its name. What there is to choose from is read with the first question.
 */
export function createSuggester(view: SiteView): Suggest {
  let known: Promise<Map<string, {path: string; address: string}>> | undefined
  return async (file, url) => {
    const {names} = refNames(file, {url})
    const wanted = names.find((name) => !name.startsWith('/')) ?? names[0]
    if (wanted === undefined) return undefined
    known ??= namesOf(view)
    const targets = await known
    const word = wordOf(wanted)
    const near = targets.has(word) ? word : nearestWord(word, targets.keys())
    const target = near === undefined ? undefined : targets.get(near)
    if (target === undefined) return undefined
    return url.startsWith('/') ? target.address : relativePath(file, target.path)
  }
}

async function namesOf(view: SiteView): Promise<Map<string, {path: string; address: string}>> {
  const names = new Map<string, {path: string; address: string}>()
  const add = ({path, address}: {path: string; address: string}) => {
    if (!names.has(wordOf(path))) names.set(wordOf(path), {path, address})
  }
  for (const post of await view.newest({kind: 'all'}, atMost)) add(post)
  let pages = 0
  for await (const page of view.pages()) {
    add(page)
    if (++pages >= atMost) break
  }
  return names
}

/** `posts/2026-11-02-when-nats.md`, `posts/when-nats/index.md` and `/posts/when-nats/` are all `when-nats`. */
function wordOf(path: string): string {
  const parts = path.replace(/\/?(?:index)?\.md$|\/$/i, '').split('/')
  return (parts.at(-1) ?? '').replace(/^\d{4}-\d{2}-\d{2}-/, '').toLowerCase()
}

function relativePath(file: string, target: string): string {
  const from = file.split('/').slice(0, -1)
  const to = target.split('/')
  let same = 0
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same += 1
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/')
}
