import fc from 'fast-check'
import type {Commit, Files} from './import-history.fixture.ts'

/** All that the authors of a site do to it. */
export const kinds = [
  'add',
  'edit',
  'retag',
  'redate',
  'rename',
  'rename and rewrite',
  'remove',
  're-add',
  'draft',
  'schedule',
  'expire',
  'settings',
  'timezone',
  'theme',
  'author rename',
  'broken post',
  'two posts of one slug',
  'page',
  'force push',
] as const

export type Kind = (typeof kinds)[number]

/** A kind, and numbers that say on what, so that it means something whatever is there. */
export type AuthorStep = {kind: Kind; which: number; other: number}

/** What needs something that was removed is asked for more often, or too few histories would have it. */
const kind = fc.constantFrom(...kinds, 're-add' as const)

const step = fc.record({kind, which: fc.nat({max: 99}), other: fc.nat({max: 99})})

/** A history of twenty steps. */
export const twentySteps = fc.array(step, {minLength: 20, maxLength: 20})

/** A push: the commits that are new, the kinds of step that they did, and whether they leave out some that were there. */
export type Push = {commits: number[]; kinds: Kind[]; isForced: boolean}

type Post = {title: number; text: number; front: Record<string, string>; isBroken?: boolean}
type Tree = {
  posts: Map<string, Post>
  /** Addresses of pages by their paths. */
  pages: Map<string, string>
  title: number
  permalink: string
  timezone: string
  author: number
  css: number | undefined
}

/** The first moment of a history, ms; its steps are an hour apart. */
export const firstStepAt = Date.parse('2026-03-01T08:00:00Z')
const hourMs = 3_600_000

/**
 * The steps as commits, an hour apart, and as pushes of up to three of them. A step that has nothing to be done on does
 * something to a post that is there, or adds one, and counts as that.
 */
export function toPushes(steps: readonly AuthorStep[]): {commits: Commit[]; pushes: Push[]} {
  const first: Tree = {
    posts: new Map(),
    pages: new Map(),
    title: 0,
    permalink: '/posts/:slug/',
    timezone: 'UTC',
    author: 0,
    css: undefined,
  }
  const trees = [first]
  const commits: Commit[] = [{files: Object.fromEntries(filesOf(first))}]
  const pushes: Push[] = [{commits: [0], kinds: [], isForced: false}]
  const gone = new Map<string, Post>()
  let texts = 0

  /** Puts a tree on top of the newest one, or of the one that a force push goes back to. */
  function commit(tree: Tree, at: number, parent = trees.length - 1): void {
    trees.push(tree)
    commits.push({files: difference(filesOf(trees[parent]!), filesOf(tree)), parent, at})
    pushes.at(-1)!.commits.push(trees.length - 1)
  }

  for (const [hour, given] of steps.entries()) {
    const before = trees.at(-1)!
    const tree: Tree = {...before, posts: new Map(before.posts), pages: new Map(before.pages)}
    const {which, other} = given
    const free = Array.from({length: 8}, (_, n) => pathOf((n + other) % 8)).find((path) => !tree.posts.has(path))
    const lost = [...gone.keys()].filter((path) => !tree.posts.has(path))
    const kind = possible(given.kind, {posts: tree.posts.size, isFree: free !== undefined, lost: lost.length})
    // What comes before a force push is pushed, or nobody would miss it.
    if (kind === 'force push' || which % 3 === 0) pushes.push({commits: [], kinds: [], isForced: kind === 'force push'})
    pushes.at(-1)!.kinds.push(kind)

    const path = [...tree.posts.keys()][which % Math.max(1, tree.posts.size)] ?? pathOf(0)
    const known = tree.posts.get(path)
    const set = (post: Partial<Post>): void => void tree.posts.set(path, {...known!, ...post})
    const front = (lines: Record<string, string>): void => set({front: {...known!.front, ...lines}})
    const inHours = (hours: number): string => new Date(firstStepAt + (hour + hours) * hourMs).toISOString()
    switch (kind) {
      case 'add':
        tree.posts.set(free!, {title: other, text: (texts += 1), front: frontMatter(which, other)})
        break
      case 'edit':
        set({text: (texts += 1), isBroken: false})
        break
      case 'retag':
        front({tags: `[${tags[other % 4]}, ${tags[which % 3]}]`})
        break
      case 'redate':
        front({date: dates[other % dates.length]!})
        break
      case 'rename':
      case 'rename and rewrite':
        tree.posts.delete(path)
        tree.posts.set(free!, known!)
        if (kind === 'rename') break
        commit({...tree, posts: new Map(tree.posts)}, hour + 0.5)
        tree.posts.set(free!, {...known!, text: (texts += 1)})
        break
      case 'remove':
        tree.posts.delete(path)
        gone.set(path, known!)
        break
      case 're-add': {
        const again = lost[which % lost.length]!
        tree.posts.set(again, gone.get(again)!)
        break
      }
      case 'draft':
        front({draft: known!.front['draft'] === 'true' ? 'false' : 'true'})
        break
      case 'schedule':
        front({date: inHours(2 + (other % 5)), draft: 'false'})
        break
      case 'expire':
        front({expires: inHours(2 + (other % 5))})
        break
      case 'settings':
        Object.assign(tree, other % 2 === 0 ? {title: tree.title + 1} : {permalink: permalinks[which % 4]})
        break
      case 'timezone':
        tree.timezone = timezones[other % 4]!
        break
      case 'theme':
        tree.css = (tree.css ?? 0) + 1
        break
      case 'author rename':
        tree.author += 1
        break
      case 'broken post':
        set({isBroken: true})
        break
      case 'two posts of one slug':
        front({slug: `taken-${other % 2}`})
        tree.posts.set(free!, {title: other, text: (texts += 1), front: {slug: `taken-${other % 2}`}})
        break
      case 'page': {
        const at = `pages/page-${which % 2}.md`
        if (other % 4 === 3) tree.pages.delete(at)
        else tree.pages.set(at, pageAddresses[other % 4]!)
        break
      }
      case 'force push': {
        const parent = Math.max(0, trees.length - 2 - (other % 3))
        const back = trees[parent]!
        const posts = new Map(back.posts)
        const at = pathOf(which % 8)
        posts.set(at, {title: other, text: (texts += 1), front: frontMatter(which, other)})
        commit({...back, posts}, hour + 1, parent)
        continue
      }
    }
    commit(tree, hour + 1)
  }
  return {commits, pushes}
}

/** The step, or another one where it has nothing to be done on. */
function possible(kind: Kind, {posts, isFree, lost}: {posts: number; isFree: boolean; lost: number}): Kind {
  if (kind === 're-add') return lost > 0 ? kind : posts > 0 ? 'retag' : 'add'
  if (['settings', 'timezone', 'theme', 'author rename', 'page', 'force push'].includes(kind)) return kind
  if (posts === 0) return 'add'
  const needsRoom = kind === 'add' || kind.startsWith('rename') || kind === 'two posts of one slug'
  return needsRoom && !isFree ? 'edit' : kind
}

const tags = ['ink', 'lead', 'paper', 'press']
const dates = ['2026-02-27', '2026-02-28T23:30:00Z', '2026-03-01', '2025-12-31', '2026-01-15T10:00:00Z']
const permalinks = ['/posts/:slug/', '/:year/:slug/', '/p/:slug.html', '/:year/:month/:day/:slug/']
/** Those of posts too, so that pages and posts want the same. */
const pageAddresses = ['/posts/taken-0/', '/posts/p0/', '/posts/b1/']
const timezones = ['UTC', 'Pacific/Honolulu', 'Pacific/Auckland', 'America/New_York']

const pathOf = (n: number): string => (n % 2 === 0 ? `posts/p${n}.md` : `posts/b${n}/index.md`)

const frontMatter = (which: number, other: number): Record<string, string> => ({
  date: dates[which % dates.length]!,
  tags: `[${tags[other % 4]}]`,
  authors: other % 3 === 0 ? '[]' : '[desk]',
})

/** Words enough for git to tell one text from another, and a changed one from a new one. */
const words = (seed: number): string =>
  Array.from({length: 40}, (_, n) => `word${(seed * 131 + n * (seed + 7)) % 997}`).join('\n')

function filesOf({posts, pages, title, permalink, timezone, author, css}: Tree): Map<string, string> {
  const files = new Map([
    [
      'broadside.yaml',
      `title: Site ${title}\ntimezone: ${timezone}\npermalink: ${permalink}\nauthors:\n  desk: {name: Desk ${author}}\n`,
    ],
  ])
  if (css !== undefined) files.set('theme/style.css', `body {order: ${css}}\n`)
  for (const [path, address] of pages) files.set(path, `---\ntitle: A page\npermalink: ${address}\n---\n\nIts text.\n`)
  for (const [path, {title: number, text, front, isBroken}] of posts) {
    const lines = Object.entries(front).map(([key, value]) => `${key}: ${value}\n`)
    const head = isBroken === true ? 'title: [\n' : `title: Post ${number}\n${lines.join('')}`
    files.set(
      path,
      `---\n${head}---\n\n${words(text)}\n\nSee [it](/${pathOf(text % 8)}) and [this](p${text % 8}.md).\n`,
    )
  }
  return files
}

function difference(from: Map<string, string>, to: Map<string, string>): Files {
  const written = [...to].filter(([path, text]) => from.get(path) !== text)
  const removed = [...from.keys()].filter((path) => !to.has(path)).map((path) => [path, undefined] as const)
  return Object.fromEntries([...removed, ...written])
}
