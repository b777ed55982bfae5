import {
  defaultSettings,
  parseRedirects,
  parseSettings,
  type Diagnostic,
  type Redirect,
  type SiteSettings,
} from '@broadside/content'
import type {createRenderPool, RenderPool} from '@broadside/markdown/pool'
import {themeProblem} from '@broadside/revision'
import type {CheckCache} from './check-cache.ts'
import {checkDocument, documentKey, type CheckedDocument} from './checked-document.ts'
import type {WorkingTree} from './working-tree.ts'

export type LoadedDocument = {path: string; kind: 'post' | 'page'; document: CheckedDocument}

/** A site as its files say, each judged by itself. */
export type LoadedSite = {
  settings: SiteSettings
  documents: LoadedDocument[]
  /** Paths of the other files that are published. */
  assets: string[]
  redirects: Redirect[]
  /** Of files that are neither posts nor pages. */
  diagnostics: Diagnostic[]
}

export type LoadOptions = {
  tree: WorkingTree
  cache: CheckCache | undefined
  /** How many files may be rendered at once. */
  workers: number
  createPool: typeof createRenderPool
  onProgress: (done: number, total: number) => void
}

/** More than where it is published: an author's machine, or that of a workflow, does other things as well. */
const budgetMs = 20_000

/** Reads and judges every file; what was judged before and is the same is not judged again. */
export async function loadSite({tree, cache, workers, createPool, onProgress}: LoadOptions): Promise<LoadedSite> {
  const diagnostics: Diagnostic[] = [...tree.diagnostics]
  const of = (kind: string) => tree.files.filter((file) => file.kind === kind).map(({path}) => path)
  const settings = await readSettings(tree, diagnostics)
  await readTheme(tree, of('theme'), settings, diagnostics)
  const redirects: Redirect[] = []
  for (const path of of('redirects')) {
    const parsed = parseRedirects(path, await tree.read(path))
    redirects.push(...parsed.redirects)
    diagnostics.push(...parsed.diagnostics)
  }

  const files = tree.files.filter(({kind}) => kind === 'post' || kind === 'page')
  const documents: LoadedDocument[] = []
  let pool: RenderPool | undefined
  try {
    const missing: (() => Promise<void>)[] = []
    for (const {path, kind} of files) {
      const bytes = await tree.read(path)
      const key = documentKey(path, bytes, settings)
      const known = cache?.get(key)
      const loaded = {path, kind: kind as 'post' | 'page', document: known ?? {diagnostics: [], links: []}}
      documents.push(loaded)
      if (known !== undefined) continue
      missing.push(async () => {
        pool ??= createPool({size: workers, budgetMs})
        loaded.document = (await checkDocument({...loaded, file: path, bytes}, settings, pool)).document
        if (!dependsOnMachine(loaded.document)) cache?.put(key, loaded.document)
      })
    }
    let done = 0
    await inTurns(missing, workers * 2, () => onProgress((done += 1), missing.length))
  } finally {
    await pool?.close()
  }
  await cache?.save()
  return {settings, documents, assets: [...of('asset'), ...of('post-asset')], redirects, diagnostics}
}

/** What a busy machine was too slow for is tried again the next time. */
export function dependsOnMachine({diagnostics}: CheckedDocument): boolean {
  return diagnostics.some(({code}) => code === 'markdown.over-budget' || code === 'markdown.crashed')
}

export async function inTurns(tasks: (() => Promise<void>)[], atOnce: number, onDone: () => void): Promise<void> {
  const waiting = tasks.values()
  const work = async () => {
    for (const task of waiting) {
      await task()
      onDone()
    }
  }
  await Promise.all(Array.from({length: Math.min(atOnce, tasks.length)}, work))
}

/** A broadside.yaml that is missing, or cannot be read, leaves the defaults. */
export async function readSettings(tree: WorkingTree, diagnostics: Diagnostic[]): Promise<SiteSettings> {
  const path = tree.files.find(({kind}) => kind === 'settings')?.path
  if (path === undefined) return defaultSettings('site')
  const parsed = parseSettings(path, await tree.read(path), 'site')
  diagnostics.push(...parsed.diagnostics)
  return parsed.settings ?? defaultSettings('site')
}

async function readTheme(tree: WorkingTree, paths: string[], settings: SiteSettings, diagnostics: Diagnostic[]) {
  const files = new Map<string, string>()
  for (const path of paths) files.set(path.slice('theme/'.length), Buffer.from(await tree.read(path)).toString('utf8'))
  const problem = themeProblem(settings, files)
  if (problem !== undefined) diagnostics.push(problem)
}
