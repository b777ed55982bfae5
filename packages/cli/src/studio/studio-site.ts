import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {
  defaultSettings,
  kindOfPath,
  nextChangeAt,
  parseRedirects,
  parseSettings,
  type Diagnostic,
  type PathKind,
  type Redirect,
  type SiteSettings,
} from '@broadside/content'
import type {RenderPool} from '@broadside/markdown/pool'
import type {Clock} from '@broadside/runtime'
import type {SiteView} from '@broadside/site'
import type {Theme} from '@broadside/theme'
import type {CheckCache} from '../check/check-cache.ts'
import {inTurns} from '../check/load-site.ts'
import {isTaken, judgeFile, readWorkingTree} from '../check/working-tree.ts'
import type {BodyShelf} from './body-shelf.ts'
import {judgeStudioDocument, type StudioDocument} from './studio-document.ts'
import type {StudioFiles} from './studio-files.ts'
import {createStudioTheme} from './studio-theme.ts'
import {studioViews, type StudioViews} from './studio-views.ts'
import {unlessGone} from './unless-gone.ts'

/** A site's working tree at one moment; whatever is saved makes another. */
export type StudioSnapshot = StudioViews & {
  version: number
  asOf: number
  settings: SiteSettings
  theme: Theme
  redirects: Redirect[]
  /** Paths of the other files. */
  assets: string[]
  documents: ReadonlyMap<string, StudioDocument>
  /** Of each file by itself, without what only shows when they are seen together. */
  diagnostics: Diagnostic[]
}

export type StudioSite = {
  current: () => StudioSnapshot
  /** Looks at files again. Those that are as they were change nothing; a folder's name stands for all in it. */
  look: (paths: string[]) => Promise<void>
  /** Judges anew what changes with time alone. */
  refresh: () => void
  /** The next moment at which a post goes live or expires; undefined when none does. */
  nextChange: () => number | undefined
}

export type StudioSiteOptions = {
  root: string
  site: SiteView['site']
  clock: Clock
  pool: RenderPool
  /** How many files may be rendered at once. */
  workers: number
  cache: CheckCache | undefined
  files: StudioFiles
  bodies: BodyShelf
  onProgress: (done: number, total: number) => void
  onChange: (snapshot: StudioSnapshot) => void
}

/** Opens a working tree, and follows it as it is told of changes. What is broken stays as it was when it last made sense. */
export async function openStudioSite(options: StudioSiteOptions): Promise<StudioSite> {
  const {root, site, clock, pool, workers, cache, files, bodies, onProgress, onChange} = options
  const firstSeen = clock.now()
  const documents = new Map<string, StudioDocument>()
  const refused = new Map<string, Diagnostic>()
  const found: {settings: Diagnostic[]; redirects: Diagnostic[]} = {settings: [], redirects: []}
  const theme = createStudioTheme()
  let settings = defaultSettings('site')
  let redirects: Redirect[] = []
  let version = 0
  let snapshot: StudioSnapshot

  const judging = () => ({root, settings, pool, cache, onRendered: bodies.keep})

  function take(): StudioSnapshot {
    const asOf = clock.now()
    const {theme: made, files: themeFiles, diagnostics} = theme.of(settings)
    version += 1
    const views = studioViews({settings, site, themeFiles, documents, redirects, files, bodies, asOf, firstSeen})
    const judged = [...documents.values()].flatMap((document) => document.judged.diagnostics)
    const state = {
      version,
      asOf,
      settings,
      theme: made,
      redirects,
      assets: files.paths(),
      documents: new Map(documents),
      diagnostics: [...found.settings, ...diagnostics, ...found.redirects, ...refused.values(), ...judged],
    }
    return Object.assign(views, state)
  }

  function change(): void {
    snapshot = take()
    onChange(snapshot)
  }

  async function readSettings(isThere: boolean): Promise<void> {
    const parsed = isThere
      ? parseSettings('broadside.yaml', await readFile(join(root, 'broadside.yaml')), 'site')
      : {settings: defaultSettings('site'), diagnostics: []}
    found.settings = parsed.diagnostics
    settings = parsed.settings ?? settings
  }

  async function readRedirects(isThere: boolean): Promise<void> {
    const parsed = isThere
      ? parseRedirects('redirects.yaml', await readFile(join(root, 'redirects.yaml')))
      : {redirects: [], diagnostics: []}
    found.redirects = parsed.diagnostics
    redirects = parsed.redirects
  }

  /** Settings say how each file is read. Those that change meanwhile are judged by whoever sees it. */
  async function judgeAll(): Promise<void> {
    const judgedWith = settings
    const tasks = [...documents.values()].map((before) => async () => {
      const judged = await judgeStudioDocument(before, before, judging()).catch(unlessGone)
      if (judged !== undefined && documents.get(before.path) === before) documents.set(before.path, judged)
    })
    await inTurns(tasks, workers * 2, () => {})
    if (judgedWith === settings) change()
  }

  /** Gives whether the site is another one by it. */
  async function lookAt(path: string, kind: PathKind): Promise<boolean> {
    if (kind === 'ignored') return false
    const {isThere: lies, refused: problem} = await judgeFile(root, {path, kind})
    const wasRefused = refused.delete(path)
    if (problem !== undefined) refused.set(path, problem)
    const known = kind === 'theme' ? theme.has(path) : documents.has(path) || files.has(path)
    const isOneOfAKind = kind === 'settings' || kind === 'redirects'
    const isThere = lies && (known || isOneOfAKind || (await isTaken(root, path)))
    if (!isThere && !known && !isOneOfAKind) return wasRefused || problem !== undefined
    switch (kind) {
      case 'settings': {
        await readSettings(isThere)
        judgeAll().catch(unlessGone)
        return true
      }
      case 'redirects':
        await readRedirects(isThere)
        return true
      case 'theme':
        theme.set(path, isThere ? await readFile(join(root, path), 'utf8') : undefined)
        return true
      case 'post':
      case 'page': {
        const before = documents.get(path)
        const judged = isThere ? await judgeStudioDocument({path, kind}, before, judging()) : undefined
        if (judged === undefined) documents.delete(path)
        else documents.set(path, judged)
        return judged !== before
      }
      case 'asset':
      case 'post-asset':
        if (isThere) files.set(path)
        else files.delete(path)
        return true
    }
  }

  const tree = await readWorkingTree(root)
  for (const problem of tree.diagnostics) refused.set(problem.file, problem)
  const of = (...kinds: PathKind[]) => tree.files.filter(({kind}) => kinds.includes(kind))
  await readSettings(of('settings').length > 0)
  await readRedirects(of('redirects').length > 0)
  for (const {path} of of('theme')) theme.set(path, await readFile(join(root, path), 'utf8'))
  for (const {path} of of('asset', 'post-asset')) files.set(path)
  const texts = of('post', 'page') as {path: string; kind: 'post' | 'page'}[]
  const judged = new Map<string, StudioDocument>()
  let done = 0
  await inTurns(
    texts.map((file) => async () => void judged.set(file.path, await judgeStudioDocument(file, undefined, judging()))),
    workers * 2,
    () => onProgress((done += 1), texts.length),
  )
  for (const {path} of texts) documents.set(path, judged.get(path)!)
  await cache?.save()
  snapshot = take()

  let looking = Promise.resolve()
  return {
    current: () => snapshot,
    look(paths) {
      const work = async () => {
        const all = [...documents.keys(), ...files.paths(), ...theme.paths()]
        const meant = new Set(paths.flatMap((path) => [path, ...all.filter((known) => known.startsWith(`${path}/`))]))
        let isOther = false
        for (const path of meant) isOther = (await lookAt(path, kindOfPath(path)).catch(unlessGone)) === true || isOther
        if (isOther) change()
      }
      looking = looking.then(work)
      return looking
    },
    refresh: change,
    nextChange() {
      const moments = [...snapshot.posts.values()].flatMap(({post: {date}, version: {meta}}) => {
        const at = nextChangeAt({draft: meta.draft, date, expires: meta.expires}, snapshot.asOf)
        return at === undefined ? [] : [at]
      })
      return moments.length === 0 ? undefined : Math.min(...moments)
    },
  }
}
