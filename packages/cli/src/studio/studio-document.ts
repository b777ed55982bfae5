import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {PostMeta, SiteSettings} from '@broadside/content'
import type {Fragment} from '@broadside/markdown'
import type {RenderPool} from '@broadside/markdown/pool'
import type {CheckCache} from '../check/check-cache.ts'
import {checkDocument, documentKey, type CheckedDocument} from '../check/checked-document.ts'
import {dependsOnMachine} from '../check/load-site.ts'

/** A version of a file that can be shown. */
export type GoodVersion = {
  /** Names the version: file, text, and the settings that it was read with. */
  key: string
  path: string
  kind: 'post' | 'page'
  text: string
  settings: SiteSettings
  meta: PostMeta
  /** What others need to know of its body; the body itself is rendered when it is shown. */
  outline: Fragment
}

/** A post or page as its file is now, and as it was when it last made sense. */
export type StudioDocument = {
  path: string
  kind: 'post' | 'page'
  /** Names what was judged: the same key is judged the same. */
  key: string
  text: string
  judged: CheckedDocument
  good: GoodVersion | undefined
}

export type JudgeOptions = {
  root: string
  settings: SiteSettings
  pool: RenderPool
  cache: CheckCache | undefined
  /** Is given each body that was rendered, so that it need not be again. */
  onRendered: (key: string, fragment: Fragment) => void
}

/** Reads and judges a file; `before` is what was known of it. Rejects where it cannot be read. */
export async function judgeStudioDocument(
  {path, kind}: Pick<StudioDocument, 'path' | 'kind'>,
  before: StudioDocument | undefined,
  {root, settings, pool, cache, onRendered}: JudgeOptions,
): Promise<StudioDocument> {
  const bytes = await readFile(join(root, path))
  const key = documentKey(path, bytes, settings)
  if (before?.key === key) return before
  let judged = cache?.get(key)
  if (judged === undefined) {
    const {document, rendered} = await checkDocument({kind, file: path, bytes}, settings, pool)
    judged = document
    if (rendered !== undefined) onRendered(key, rendered)
    if (!dependsOnMachine(document)) cache?.put(key, document)
  }
  const text = bytes.toString('utf8')
  const {meta, fragment} = judged
  const isGood = meta !== undefined && fragment !== undefined
  const good: GoodVersion | undefined = isGood
    ? {key, path, kind, text, settings, meta, outline: {version: 0, parts: [], diagnostics: [], ...fragment}}
    : before?.good
  return {path, kind, key, text, judged, good}
}
