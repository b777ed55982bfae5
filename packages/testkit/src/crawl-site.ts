import {parse, type DefaultTreeAdapterTypes} from 'parse5'

/** A reference that leads nowhere: `page` carries it, and `target` answers `status`. */
export type Dangling = {page: string; target: string; status: number}

export type Crawl = {
  /** Addresses that answered 200, without the site's URL. */
  reached: string[]
  dangling: Dangling[]
}

type Answer = {status: number; type: string; body: string; location: string | undefined}
type Element = DefaultTreeAdapterTypes.Element

const entrances = ['', 'feed.xml', 'atom.xml', 'feed.json', 'sitemap.xml']
const atOnce = 8
const maxRedirects = 5

/**
 * Reads a site as its public URL serves it: from the front page, the feeds and the sitemap along every link, picture,
 * script, style sheet and redirect that stays within `siteUrl`. A reference dangles when its target is missing, the page,
 * fetched again, still carries it, and the target is missing after that too, since it may have gone with its link and
 * have come back with it; so a crawl may run while the site changes. An entrance that is missing dangles from
 * `(entrance)`.
 */
export async function crawlSite(siteUrl: string): Promise<Crawl> {
  const crawl: Crawl = {reached: [], dangling: []}
  const seen = new Set<string>()
  const waiting: {page: string; target: string}[] = []
  const enter = (page: string, target: string): void => {
    if (seen.has(target)) return
    seen.add(target)
    waiting.push({page, target})
  }

  async function visit({page, target}: {page: string; target: string}): Promise<void> {
    const answer = await follow(siteUrl, target)
    if (answer.status === 200) return read(target, answer)
    const again = page === '' ? undefined : await follow(siteUrl, page)
    // Others may carry it all the same.
    if (again !== undefined && !referencesOf(siteUrl, page, again).has(target)) return void seen.delete(target)
    const still = await follow(siteUrl, target)
    if (still.status === 200) return read(target, still)
    const from = page === '' ? '(entrance)' : nameOf(siteUrl, page)
    crawl.dangling.push({page: from, target: nameOf(siteUrl, target), status: still.status})
  }

  function read(target: string, answer: Answer): void {
    crawl.reached.push(nameOf(siteUrl, target))
    for (const found of referencesOf(siteUrl, target, answer)) enter(target, found)
  }

  for (const entrance of entrances) enter('', new URL(entrance, siteUrl).href)
  while (waiting.length > 0) await Promise.all(waiting.splice(0, atOnce).map(visit))
  crawl.reached.sort()
  return crawl
}

/**
 * Crawls again and again until the signal; gives what dangled in any of the crawls, each once, and their number.
 * `onCrawl` is told after each how many there were.
 */
export async function crawlWithoutPause(siteUrl: string, signal: AbortSignal, onCrawl?: (crawls: number) => void) {
  const dangling = new Map<string, Dangling>()
  let crawls = 0
  do {
    for (const found of (await crawlSite(siteUrl)).dangling) dangling.set(JSON.stringify(found), found)
    crawls += 1
    onCrawl?.(crawls)
  } while (!signal.aborted)
  return {crawls, dangling: [...dangling.values()]}
}

function nameOf(siteUrl: string, url: string): string {
  return `/${decodeURI(url.slice(siteUrl.length))}`
}

async function follow(siteUrl: string, url: string): Promise<Answer> {
  let answer = await ask(url)
  for (let count = 0; answer.location !== undefined && count < maxRedirects; count += 1) {
    const next = new URL(answer.location, url).href
    if (!next.startsWith(siteUrl)) break
    answer = await ask(next)
  }
  return answer
}

async function ask(url: string): Promise<Answer> {
  const answer = await fetch(url, {redirect: 'manual'})
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? '',
    body: await answer.text(),
    location: answer.headers.get('location') ?? undefined,
  }
}

/** Absolute URLs within the site that the answer refers to, without fragments. */
function referencesOf(siteUrl: string, url: string, {status, type, body}: Answer): Set<string> {
  if (status !== 200) return new Set()
  const raw = type.startsWith('text/html') ? htmlReferences(body) : textReferences(siteUrl, type, body)
  const found = new Set<string>()
  for (const reference of raw) {
    const target = URL.canParse(reference, url) ? new URL(reference, url) : undefined
    if (target === undefined) continue
    target.hash = ''
    if (target.href.startsWith(siteUrl)) found.add(target.href)
  }
  return found
}

function htmlReferences(html: string): string[] {
  const found: string[] = []
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('attrs' in node) found.push(...elementReferences(node))
    if ('childNodes' in node) node.childNodes.forEach(visit)
  }
  visit(parse(html))
  return found
}

function elementReferences({tagName, attrs}: Element): string[] {
  const of = (name: string): string | undefined => attrs.find((attribute) => attribute.name === name)?.value
  const refresh = tagName === 'meta' && of('http-equiv')?.toLowerCase() === 'refresh' ? of('content') : undefined
  const sources = (of('srcset') ?? '').split(',').map((candidate) => candidate.trim().split(/\s+/)[0])
  const all = [of('href'), of('src'), of('poster'), /url=(.*)$/i.exec(refresh ?? '')?.[1], ...sources]
  return all.filter((reference) => reference !== undefined && reference !== '') as string[]
}

/** Feeds and sitemaps hold absolute URLs, in fields and in their posts' HTML, which is escaped or quoted once. */
function textReferences(siteUrl: string, type: string, body: string): string[] {
  if (!/xml|json|text\/plain/.test(type)) return []
  const text = body
    .replaceAll('\\"', '"')
    .replaceAll('\\/', '/')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
  const escaped = siteUrl.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return text.match(new RegExp(`${escaped}[^\\s"'<>\\]]*`, 'g')) ?? []
}
